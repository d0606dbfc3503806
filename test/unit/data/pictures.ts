import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { RandomStream } from '../../../native-runtime/random';

/** A picture with large shapes and fine detail, different for every seed; a stand-in for a photo. */
export function photo(width: number, height: number, seed = 1): Sharp {
  const random = new RandomStream(seed, 'photo');
  const shape = () => {
    const [x, y, r] = [random.uniform() * width, random.uniform() * height, (0.1 + random.uniform() * 0.3) * width];
    const fill = `rgb(${[0, 1, 2].map(() => random.integer(0, 256)).join(',')})`;
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
  };
  const shapes = Array.from({ length: 12 }, shape).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#7a8"/>${shapes}</svg>`;
  return sharp(Buffer.from(svg)).flatten();
}

/** A picture of one colour. */
export function plain(width: number, height: number, background: string): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** Runs a test in a folder of its own, which is removed afterwards. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
