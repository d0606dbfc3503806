import { open, stat } from 'node:fs/promises';
import type { StepRecord } from '../common/protocol/training';
import { parseStep } from './runHistory';

const firstLook = 64 * 1024;
const furthestLook = 4 * 1024 * 1024;

/** The last step of a log and the last loss in its end. */
export interface LogTail {
  last: StepRecord;
  lastLoss?: number;
}

/** Reads the end of a log, however long it is; undefined when it holds no step. */
export async function readLogTail(log: string): Promise<LogTail | undefined> {
  const found = await stat(log).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const file = await open(log, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = found;
    for (let length = firstLook; ; length *= 8) {
      const start = Math.max(0, size - length);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
      const tail = lastOf(buffer.toString('utf8', 0, bytesRead).split('\n'));
      if (tail || start === 0 || length > furthestLook) return tail;
    }
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

function lastOf(lines: readonly string[]): LogTail | undefined {
  let last: StepRecord | undefined;
  for (let i = lines.length - 1; i >= 0; i--) {
    const record = parseStep(lines[i]!);
    if (!record) continue;
    last ??= record;
    if (record.loss !== null) return { last, lastLoss: record.loss };
  }
  return last && { last };
}
