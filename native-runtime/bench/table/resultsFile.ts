import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProductError } from '../../../src/common/errors';
import { measurement, type Measurement } from './measurement';

/** Adds a pair to the results, so that it is not lost when the rest is interrupted. */
export async function addMeasurement(path: string, pair: Measurement): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(pair)}\n`);
}

/** All pairs measured so far, the oldest first. @throws ProductError `bad-input` naming a line that is no measurement. */
export async function readMeasurements(path: string): Promise<Measurement[]> {
  if (!existsSync(path)) return [];
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((line, i) => (line.trim() ? [parseLine(line, `${path}:${i + 1}`)] : []));
}

function parseLine(line: string, where: string): Measurement {
  try {
    return measurement.parse(JSON.parse(line));
  } catch {
    throw new ProductError('bad-input', where, 'not a measurement', 'Delete the line and measure again');
  }
}
