import { RandomStream } from '../../random';
import { float32, type TensorData } from '../../tensorData';
import { toPictures } from '../training/pictures';
import { renderScenes } from '../world/renderScene';
import { SCENE_SIZE, type Scene } from '../world/scene';
import { moved, weathered } from './augment';
import { blendPair, blendScenes, type BlendPair } from './blend';
import { labelledScene, type LabelledPicture } from './labelledPicture';
import { blobs, blur, noise, plainColour, shuffleTiles } from './pixels';
import type { Reconstructor } from './reconstructor';
import { emptyScene, scorerScene } from './scorerScenes';

const PICTURE = 3 * SCENE_SIZE * SCENE_SIZE;
/** One picture in this many goes through the autoencoder, when there is one. */
const RECONSTRUCTED = 4;

/** What kind of picture one row shows, and the scenes it is made of. */
export type Draft =
  | { kind: 'scene' | 'empty' | 'blurred' | 'tiles'; scene: Scene }
  | { kind: 'blend'; pair: BlendPair; scene: Scene }
  | { kind: 'noise' };

/** What one row of the training shows: mostly scenes, and one in four nothing that has a name. */
export function draft(random: RandomStream, seed: number, index: number): Draft {
  const kind = random.uniform();
  if (kind < 0.06) return { kind: 'empty', scene: emptyScene(random) };
  if (kind < 0.09) return { kind: 'noise' };
  const scene = scorerScene(random, seed, index);
  if (kind < 0.2) return { kind: 'blend', pair: blendPair(scene, random), scene };
  if (kind < 0.23) return { kind: 'blurred', scene };
  return kind < 0.26 ? { kind: 'tiles', scene } : { kind: 'scene', scene };
}

/** Labelled pictures of the drafts, not yet weathered; each draft's random stream goes on where it was. */
export async function makeExamples(
  drafts: readonly Draft[],
  streams: readonly RandomStream[],
): Promise<LabelledPicture[]> {
  const scenes = drafts.flatMap((one) =>
    one.kind === 'noise' ? [] : one.kind === 'blend' ? [one.pair.first, one.pair.second] : [one.scene],
  );
  const rendered = await picturesOf(scenes);
  let next = 0;
  const take = () => rendered[next++]!;
  return drafts.map((one, row) => {
    const random = streams[row]!;
    if (one.kind === 'noise') return { pixels: formless(random), animals: [], background: 'unclear', scraps: true };
    if (one.kind === 'blend') return blendScenes(one.pair, [take(), take()], random);
    const picture = labelledScene(one.scene, take());
    if (one.kind === 'blurred') return beyondRecognition(picture, random);
    if (one.kind !== 'tiles') return picture;
    const pixels = shuffleTiles(picture.pixels, random.choice([1, 4, 8, 16]), random);
    return { pixels, animals: [], background: 'unclear', scraps: true };
  });
}

/** So blurred that nobody can say what the animals are; the place may still show. */
function beyondRecognition({ pixels, animals }: LabelledPicture, random: RandomStream): LabelledPicture {
  return {
    pixels: blur(pixels, 4 + 4 * random.uniform()),
    animals: animals.map(({ box }) => ({ species: 'unclear', box })),
  };
}

function formless(random: RandomStream): Float32Array {
  const kind = random.uniform();
  if (kind < 0.2) return plainColour(random);
  if (kind < 0.4) return noise(random).map((value) => 0.6 * value);
  return blobs(random, 1 + 6 * random.uniform());
}

/** A training batch: pictures [count, 3, 64, 64] and what is in them; the same for the same seed and update. */
export async function scorerBatch(
  seed: number,
  update: number,
  count: number,
  reconstructor?: Reconstructor,
): Promise<{ pictures: TensorData & { data: Float32Array }; labels: LabelledPicture[] }> {
  const streams = Array.from({ length: count }, (_, row) => new RandomStream(seed, 'pocket.scorer', update, row));
  const drafts = streams.map((random, row) => draft(random, seed, update * count + row));
  const plain = await makeExamples(drafts, streams);
  const labels = plain.map((picture, row) => moved(picture, streams[row]!));
  if (reconstructor) {
    const rows = labels.map((_, row) => row).filter((row) => row % RECONSTRUCTED === 0);
    const seen = await reconstructor.reconstruct(
      rows.map((row) => labels[row]!.pixels),
      rows.map((row) => streams[row]!),
    );
    rows.forEach((row, i) => (labels[row]!.pixels = seen[i]!));
  }
  const pictures = float32([count, 3, SCENE_SIZE, SCENE_SIZE]);
  labels.forEach((label, row) => pictures.data.set(weathered(label.pixels, streams[row]!), row * PICTURE));
  return { pictures, labels };
}

/** The pixels [3, 64, 64] of each scene. */
export async function picturesOf(scenes: readonly Scene[]): Promise<Float32Array[]> {
  const result: Float32Array[] = [];
  for (let i = 0; i < scenes.length; i += 16) {
    const part = scenes.slice(i, i + 16);
    const { data } = toPictures(await renderScenes(part), part.length, SCENE_SIZE);
    part.forEach((_, n) => result.push(data.slice(n * PICTURE, (n + 1) * PICTURE)));
  }
  return result;
}
