import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeFileSafely } from './writeFileSafely';

/** What the editor notes beside a run about how the user ended it, in `host.json`. */
const hostNote = z.object({
  format: z.literal('custom-diffusion-host'),
  version: z.literal(1),
  /** Paused to be gone on with, or ended at once. */
  stop: z.enum(['pause', 'now']),
  /** The last step then; the note says nothing about a run that has gone on since. */
  step: z.int(),
});

/** See `hostNote`. */
export type HostNote = Pick<z.infer<typeof hostNote>, 'stop' | 'step'>;

/** Reads the note; undefined when there is none or it is damaged: it only refines what the run's own files say. */
export async function readHostNote(folder: string): Promise<HostNote | undefined> {
  try {
    const { stop, step } = hostNote.parse(JSON.parse(await readFile(join(folder, 'host.json'), 'utf8')));
    return { stop, step };
  } catch {
    return undefined;
  }
}

/** Writes the note. */
export async function writeHostNote(folder: string, note: HostNote): Promise<void> {
  const content = { format: 'custom-diffusion-host', version: 1, ...note };
  await writeFileSafely(join(folder, 'host.json'), `${JSON.stringify(content, null, 2)}\n`);
}

/** Removes the note: the run goes on. */
export async function removeHostNote(folder: string): Promise<void> {
  await rm(join(folder, 'host.json'), { force: true });
}
