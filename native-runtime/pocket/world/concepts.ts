import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { atomicWrite } from '../../atomicWrite';
import { individualScene, type IndividualSceneOptions } from './individuals';
import { renderScene } from './renderScene';

/** The individuals whose pictures come with the product. */
export const SAMPLE_CONCEPTS: readonly string[] = ['mochi-cat', 'pixel-cat', 'biscuit-dog', 'comet-dog'];

/** Width and height in pixels of a concept picture: fine to look at; training scales it down. */
export const CONCEPT_PICTURE_SIZE = 256;

/** The eight pictures of a concept: every place, both facings, near and far, always alone. */
const PICTURES: readonly IndividualSceneOptions[] = [
  { background: 'grass', place: 'large', facing: 'right' },
  { background: 'beach', place: 'large', facing: 'left' },
  { background: 'snow', place: 'large', facing: 'right' },
  { background: 'room', place: 'large', facing: 'left' },
  { background: 'grass', place: 'small', facing: 'left' },
  { background: 'room', place: 'small', facing: 'right' },
  { background: 'beach', place: 'large', facing: 'right' },
  { background: 'snow', place: 'large', facing: 'left' },
];

/** Writes `<folder>/<name>/01.png` to `08.png` for each individual. @throws ProductError `not-found` for an unknown name. */
export async function writeConcepts(folder: string, names: readonly string[] = SAMPLE_CONCEPTS): Promise<void> {
  const scenes = names.map((name) => PICTURES.map((options) => individualScene(name, options)));
  for (const [i, name] of names.entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (const [j, scene] of scenes[i]!.entries()) {
      const size = CONCEPT_PICTURE_SIZE;
      const pixels = await renderScene(scene, size);
      const raw = { width: size, height: size, channels: 3 as const };
      const png = await sharp(pixels, { raw }).png({ compressionLevel: 9 }).toBuffer();
      await atomicWrite(join(folder, name, `${String(j + 1).padStart(2, '0')}.png`), png);
    }
  }
}
