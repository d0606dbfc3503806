import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ProductError } from '../../../src/common/errors';

const result = z.object({
  /** What was measured: the base and the case. */
  key: z.string(),
  at: z.string(),
  machine: z.string(),
  figures: z.record(z.string(), z.number()),
});

export type GrowthResult = z.infer<typeof result>;

/** Measured figures by key, the newest of each. @throws ProductError `bad-input` naming a line that is none */
export async function readGrowthResults(path: string): Promise<Map<string, GrowthResult>> {
  if (!existsSync(path)) return new Map();
  const lines = (await readFile(path, 'utf8')).split('\n');
  const all = lines.flatMap((line, i) => (line.trim() ? [parseLine(line, `${path}:${i + 1}`)] : []));
  return new Map(all.map((one) => [one.key, one]));
}

function parseLine(line: string, where: string): GrowthResult {
  try {
    return result.parse(JSON.parse(line));
  } catch {
    throw new ProductError('bad-input', where, 'not a measurement', 'Delete the line and measure again');
  }
}

/** Adds a measurement, so that it is not lost when the rest is interrupted. */
export async function addGrowthResult(path: string, one: GrowthResult): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(one)}\n`);
}
