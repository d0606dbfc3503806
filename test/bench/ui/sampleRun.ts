import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trainedRun } from '../../e2e/support/trainedRun';

/**
 * A finished run with so many logged steps: a real one of two steps, whose log goes on in the same form with losses that
 * fall and scatter as losses do.
 */
export async function writeLongRun(folder: string, steps: number): Promise<void> {
  await cp(await trainedRun(), folder, { recursive: true });
  const log = join(folder, 'log.jsonl');
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  const record = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
  const longer = Array.from({ length: steps }, (_, i) => JSON.stringify({ ...record, ...stepOf(i + 1) }));
  await writeFile(log, `${longer.join('\n')}\n`);
  await edit(join(folder, 'config.json'), { steps });
  await edit(join(folder, 'manifest.json'), { step: steps });
}

/** The values of a step; the same at every call. */
export function stepOf(step: number) {
  const scatter = Math.sin(step * 12.9898) * 43758.5453;
  const loss = 0.08 + 0.4 / Math.sqrt(step) + 0.1 * (scatter - Math.floor(scatter));
  return { step, loss, instanceLosses: [loss], gradientNorm: loss * 3, timesteps: [(step * 617) % 1000] };
}

async function edit(path: string, change: object): Promise<void> {
  const document = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...document, ...change }));
}
