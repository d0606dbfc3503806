import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { PictureStore } from '../../../src/pictures/pictureStore';

const size = 512;
/** Different ones are drawn; each file is decoded for itself, so their content may repeat. */
const drawn = 20;
const groups = 10;

/** Generated pictures as the product keeps them: groups of equal size, with noise so that decoding takes what it takes. */
export async function writePictures(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const store = new PictureStore(
    () => folder,
    () => Promise.reject(new Error('nothing is to be removed')),
  );
  const sources: string[] = [];
  for (let at = 0; at < groups; at++) {
    const title = `photo of a cat, ${at + 1}`;
    const total = Math.ceil(count / groups);
    const group = await store.begin({ title, kind: 'pictures', rows: [], columns: [], total });
    for (let index = 0; index < total; index++) {
      const path = join(group.folder, `${String(index + 1).padStart(4, '0')}-${index}.png`);
      const source = sources[(at * total + index) % drawn];
      if (source && sources.length === drawn) await copyFile(source, path);
      else {
        await drawNoise(path, sources.length);
        sources.push(path);
      }
      store.add(group.id, {
        path,
        width: size,
        height: size,
        prompt: title,
        negativePrompt: '',
        seed: index,
        steps: 50,
        scheduler: 'ddim',
        guidanceScale: 7.5,
        model: { base: 'pocket' },
      });
    }
    await store.end(group.id, 'finished');
  }
}

async function drawNoise(path: string, seed: number): Promise<void> {
  const noise = { type: 'gaussian' as const, mean: 90 + seed * 5, sigma: 30 };
  await sharp({ create: { width: size, height: size, channels: 3, background: 'grey', noise } })
    .blur(2)
    .png()
    .toFile(path);
}
