import { mapSingleFile, takeSource, type WeightSource } from '../formats/compvis';
import { identifyWeights } from '../formats/identify';
import { openWeightFile, type WeightFile } from '../formats/weightFile';
import type { Component } from '../models/baseModel';
import { autoencoderChecks } from './autoencoderChecks';
import { compvisNamesFit } from './compvisForm';
import { identical } from './measures';
import type { Recording } from './recording';
import type { Report } from './report';
import { textEncoderChecks } from './textEncoderChecks';
import { unetChecks } from './unetChecks';

const fileName = 'single-file.safetensors';
const prefix = 'single file ';

/**
 * The single file: its tensors under diffusers' names equal the folder's, and the networks built on it (with the folder's configs, as
 * a single file has none) give what the reference recorded.
 */
export async function singleFileChecks(recording: Recording, report: Report): Promise<void> {
  const { base } = recording;
  if (!recording.has(fileName) && !compvisNamesFit(base))
    return report.note(`no ${fileName}: CompVis names exist for SD 1.x and its four levels only`);
  const file = await openWeightFile(recording.path(fileName));
  const identity = identifyWeights(file.tensors, file.metadata);
  const recognised = identity.kind === 'single-file model' && identity.family === base.family;
  report.exact(
    `${prefix}is recognised`,
    recognised ? [] : [`${identity.kind}, ${identity.family}, not ${base.family}`],
  );
  const layout = mapSingleFile(file.tensors);
  report.exact(`${prefix}tensors without a place`, layout.unused);
  const encoders = [layout.textEncoder, layout.textEncoder2].slice(0, base.textEncoders.length);
  await compareTensors(`${prefix}unet tensors`, file, layout.unet, base.unet, report);
  await compareTensors(`${prefix}autoencoder tensors`, file, layout.vae, base.vae, report);
  for (const [i, sources] of encoders.entries())
    await compareTensors(`${prefix}text encoder ${i} tensors`, file, sources, base.textEncoders[i]!, report);
  const textEncoders = base.textEncoders.map((encoder, i) => ({ ...encoder, file, sources: encoders[i]! }));
  await textEncoderChecks(recording, report, prefix, textEncoders);
  await autoencoderChecks(recording, report, prefix, { ...base.vae, file, sources: layout.vae });
  await unetChecks(recording, report, prefix, { ...base.unet, file, sources: layout.unet });
}

async function compareTensors(
  name: string,
  file: WeightFile,
  sources: ReadonlyMap<string, WeightSource>,
  folder: Component<unknown>,
  report: Report,
): Promise<void> {
  const [ours, theirs] = [await file.read(), await folder.file.read()];
  const take = (from: typeof ours, source: WeightSource | undefined) =>
    source && takeSource(from.get(source.name)!, source);
  const names = new Set([...sources.keys(), ...folder.sources.keys()]);
  report.exact(
    name,
    [...names].filter((n) => !identical(take(ours, sources.get(n)), take(theirs, folder.sources.get(n)))),
  );
}
