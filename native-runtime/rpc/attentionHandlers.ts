import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import type { CheckedParams } from '../../src/common/protocol/runtimeProtocol';
import { atomicWrite } from '../atomicWrite';
import { explainPicture } from '../attention/explainPicture';
import { loadImage } from '../data/images';
import { makeCacheFolder } from '../data/thumbnails';
import { computedOnOf, requireComputing } from '../device/requireDevice';
import { encodePng, type RgbImage } from '../sample/png';
import type { JobSlot } from './jobSlot';
import type { LoadedModel } from './loadedModel';
import type { LoadedModels } from './loadedModels';
import type { Log } from './notifications';
import type { HandlerGroup } from './server';
import { ShownAttention } from './shownAttention';

/** Answers where a model looks for each word, from saved maps or by one more evaluation. */
export function attentionHandlers(
  jobs: JobSlot,
  models: LoadedModels,
  log: Log,
): HandlerGroup<'attention/saved' | 'attention/look' | 'attention/maps'> {
  const shown = new ShownAttention();
  return {
    'attention/saved': ({ picture }) => shown.saved(picture),
    'attention/look': (params, signal) =>
      jobs.run('look at a picture', params.picture, signal, (stop) =>
        models.use(params.model, (model) => {
          model.warnings.forEach((warning) => log('warn', warning));
          return look(shown, model, params, stop);
        }),
      ),
    'attention/maps': ({ picture, layer, step }) => shown.maps(picture, layer, step),
  };
}

async function look(
  shown: ShownAttention,
  model: LoadedModel,
  { picture, prompt, model: choice, timestep, seed, cacheFolder, computing }: CheckedParams<'attention/look'>,
  signal: AbortSignal,
) {
  const session = await requireComputing(computing ?? {});
  const loaded = await loadImage(picture);
  const generator = await model.generatorAt(choice.strength ?? 1, session);
  if (signal.aborted) throw new ProductError('cancelled', picture, 'stopped');
  const seen = await explainPicture(generator, loaded, prompt, { timestep, seed, perLayer: true });
  const { width, height } = seen.image;
  const maps = { aggregate: seen.attention, prompt, words: seen.words, picture: { width, height } };
  const looked = shown.looked(picture, await keepSeen(cacheFolder, seen.image), maps);
  return { ...looked, computedOn: computedOnOf(session) };
}

/** Keeps what the model saw of a picture, under a name made of its content. */
async function keepSeen(folder: string, image: RgbImage): Promise<string> {
  const key = createHash('sha256').update(`${image.width} ${image.height}\n`).update(image.data).digest('hex');
  const path = join(folder, `seen-${key.slice(0, 32)}.png`);
  await makeCacheFolder(folder);
  await atomicWrite(path, await encodePng(image));
  return path;
}
