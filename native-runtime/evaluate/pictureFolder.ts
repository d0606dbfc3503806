import { samplerTitles } from '../../src/common/samplerNames';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { asDiskError, atomicWrite } from '../atomicWrite';
import { readJsonObject } from '../formats/jsonFile';
import type { GeneratedPicture, GenerationRequest } from '../sample/generationRequest';
import { savePicture, type RgbImage } from '../sample/png';
import { toolVersion } from '../toolVersion';
import { differences } from '../train/runIdentity';
import { makeOutputFolder } from './outputFolder';
import type { PictureSource } from './survey';

/** What all pictures of a folder have in common; plain JSON. */
export interface PictureOrigin {
  /** Hash of the base model's content. */
  base: string;
  /** Of the fine-tune's file; null for the base itself. */
  delta: string | null;
  prompt: string;
  width: number;
  height: number;
  steps: number;
  scheduler: GenerationRequest['scheduler'];
  guidanceScale: number;
}

/** Makes the pictures of some seeds. */
export type DrawPictures = (seeds: readonly number[]) => AsyncIterable<GeneratedPicture>;

/**
 * The pictures of one prompt on disk, one file a seed, with their origin in `origin.json`. Those that are there are not made
 * again; pictures of another origin are removed.
 */
export class PictureFolder {
  private constructor(
    private readonly folder: string,
    private readonly origin: PictureOrigin,
  ) {}

  /** @throws ProductError `disk-full`, or `bad-input` when the folder cannot be written. */
  static async open(folder: string, origin: PictureOrigin): Promise<PictureFolder> {
    const stamp = join(folder, 'origin.json');
    await makeOutputFolder(folder);
    try {
      const saved = existsSync(stamp) ? await readJsonObject(stamp).catch(() => undefined) : undefined;
      if (!saved || differences(saved, origin).length) {
        for (const name of await readdir(folder))
          if (/^\d+\.png$/.test(name)) await rm(join(folder, name), { force: true });
        await atomicWrite(stamp, `${JSON.stringify(origin, null, 2)}\n`);
      }
    } catch (error) {
      throw asDiskError(error, folder);
    }
    return new PictureFolder(folder, origin);
  }

  /** The seeds whose pictures are not there. */
  missing(seeds: readonly number[]): number[] {
    return seeds.filter((seed) => !existsSync(this.path(seed)));
  }

  /** Makes what is missing and keeps it, picture by picture. @throws ProductError as the drawing, or `disk-full`. */
  async complete(seeds: readonly number[], draw: DrawPictures, onPicture: () => void = () => {}): Promise<void> {
    const missing = this.missing(seeds);
    if (missing.length === 0) return;
    const { base, delta, scheduler, ...made } = this.origin;
    for await (const { seed, image } of draw(missing)) {
      const parameters = { ...made, sampler: samplerTitles[scheduler], seed };
      const record = { kind: 'study picture', tool: toolVersion, base, delta, scheduler };
      await savePicture(this.path(seed), image, { parameters, record });
      onPicture();
    }
  }

  /** The pictures that are there, read one by one. */
  source(): PictureSource {
    const read = (seed: number) => readRgb(this.path(seed));
    return async function* (_prompt, seeds) {
      for (const seed of seeds) yield { seed, image: await read(seed) };
    };
  }

  private path(seed: number): string {
    return join(this.folder, `${seed}.png`);
  }
}

async function readRgb(path: string): Promise<RgbImage> {
  const { data, info } = await sharp(path)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
