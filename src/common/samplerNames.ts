/** The samplers, by the names that configurations, commands and records of pictures use. */
export const samplerNames = [
  'ddim',
  'pndm',
  'dpmpp-2m',
  'dpmpp-2m-karras',
  'euler',
  'euler-ancestral',
  'unipc',
] as const;

/** One of the samplers. */
export type SamplerName = (typeof samplerNames)[number];

/** The samplers as the A1111 web UI calls them: in a picture's text, and to people. */
export const samplerTitles: Readonly<Record<SamplerName, string>> = {
  ddim: 'DDIM',
  pndm: 'PLMS',
  'dpmpp-2m': 'DPM++ 2M',
  'dpmpp-2m-karras': 'DPM++ 2M Karras',
  euler: 'Euler',
  'euler-ancestral': 'Euler a',
  unipc: 'UniPC',
};

/** The sampler that a text means: its name or its title, whatever the case, the spaces and the dashes; else undefined. */
export function findSampler(text: string): SamplerName | undefined {
  const wanted = plain(text);
  return samplerNames.find((name) => plain(name) === wanted || plain(samplerTitles[name]) === wanted);
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('+', 'p')
    .replaceAll(/[\s_-]/g, '');
}
