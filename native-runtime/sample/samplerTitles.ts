import type { SchedulerName } from './schedulers/scheduler';

/** The samplers as the A1111 web UI names them in a picture's text. */
export const samplerTitles: Readonly<Record<SchedulerName, string>> = {
  ddim: 'DDIM',
  pndm: 'PLMS',
  'dpmpp-2m': 'DPM++ 2M',
  'dpmpp-2m-karras': 'DPM++ 2M Karras',
  euler: 'Euler',
  'euler-ancestral': 'Euler a',
  unipc: 'UniPC',
};
