import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { formatBytes } from '../formatBytes';
import { freeBytesAt } from './diskSpace';
import type { RunEstimate } from './estimateRun';
import { offerOf } from './memoryChoice';

/** What this machine has, in bytes. */
export interface MachineRoom {
  memory: number;
  disk: number;
}

/** The machine's memory, and the free disk where runs would be kept. */
export async function machineRoom(output: string): Promise<MachineRoom> {
  return { memory: totalmem(), disk: await freeBytesAt(resolve(output)) };
}

/** What of a run does not fit, in one sentence each. */
export function roomWarnings(
  { memory, disk, fit, recompute }: Pick<RunEstimate, 'memory' | 'disk' | 'fit' | 'recompute'>,
  room: MachineRoom,
): string[] {
  const warnings: string[] = [];
  if (memory.total > room.memory)
    warnings.push(
      `this run needs more memory than the ${formatBytes(room.memory)} of this machine${fit ? `; it fits with ${offerOf(fit)}` : ''}`,
    );
  else if (recompute)
    warnings.push('blocks are computed again for the gradient, which takes less memory and more time');
  if (disk.atStart > room.disk)
    warnings.push(`this run needs more disk than the ${formatBytes(room.disk)} that are free`);
  return warnings;
}
