import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A run of two steps on one of the bundled concepts, made by the command line and kept for the next test. */
export async function trainedRun(): Promise<string> {
  const kept = join('artifacts', 'trained-run');
  if (existsSync(join(kept, 'delta.safetensors'))) return kept;
  const folder = await mkdtemp(join('artifacts', 'training-'));
  const concept = ['--concept', 'media/concepts/mochi-cat', '--class', 'cat', '--prior', 'none'];
  const short = ['--steps', '2', '--instance-rows', '1', '--sample-every', '0', '--no-augmentation'];
  await run(process.execPath, ['dist/cli.js', 'train', ...concept, ...short, '--output', folder, '--name', 'mochi']);
  const [made] = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  if (!made) throw new Error(`no run in ${folder}`);
  await rm(kept, { recursive: true, force: true });
  await rename(join(folder, made), kept);
  await rm(folder, { recursive: true, force: true });
  return kept;
}
