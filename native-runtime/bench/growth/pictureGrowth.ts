import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { productRoot } from '../../productRoot';
import { RandomStream } from '../../random';
import { readRunLog } from '../../train/runLog';
import { runTool } from '../runTool';
import { median } from '../table/series';
import type { PictureRow } from './growthTable';

/** How many pictures a run is given. */
export const pictureCounts = [1, 10, 100, 1000];
const [steps, side] = [40, 64];

/** Trains the pocket model on so many drawn pictures, in a process of its own. */
export async function measurePictures(pictures: number): Promise<PictureRow> {
  const folder = await mkdtemp(join(tmpdir(), 'custom-diffusion-bench-'));
  try {
    const [concept, output] = [join(folder, 'pictures'), join(folder, 'runs')];
    await drawPictures(concept, pictures);
    const flags = ['--concept', concept, '--class', 'cat', '--prior', 'none', '--steps', String(steps)];
    const quiet = ['--sample-every', '0', '--output', output, '--json'];
    const started = performance.now();
    await runTool([process.execPath, join(productRoot(), 'dist', 'cli.js'), 'train', ...flags, ...quiet], 'all');
    const total = (performance.now() - started) / 1000;
    const [run] = await readdir(output);
    const log = await readRunLog(join(output, run!, 'log.jsonl'));
    const seconds = log.map((report) => report.seconds);
    return {
      pictures,
      steps,
      besideSteps: total - seconds.reduce((sum, x) => sum + x, 0),
      secondsPerStep: median(seconds)!,
      peakRssBytes: Math.max(...log.map(({ rssBytes }) => rssBytes)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Pictures of coloured noise, no two the same. */
async function drawPictures(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const random = new RandomStream(0, 'bench.pictures', i);
    const pixels = Uint8Array.from(random.normals(side * side * 3), (x) => 128 + 40 * x);
    const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
    await image.png().toFile(join(folder, `${String(i).padStart(4, '0')}.png`));
  }
}
