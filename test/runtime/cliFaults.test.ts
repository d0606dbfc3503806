import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { bundledCommandLine } from '../support/bundledCommandLine';
import { temporaryFolder } from '../support/temporaryFolder';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const bundle = bundledCommandLine();
const cat = join(__dirname, '../../media/concepts/mochi-cat');
const folder = temporaryFolder();

it.skipIf(process.platform !== 'linux')('F15 a command that gets no more memory names the one that needs less', () => {
  const train = [bundle, 'train', '--concept', cat, '--class', 'cat', '--prior', 'none', '--output', folder];
  const size = [
    '--resolution',
    '256',
    '--instance-rows',
    '8',
    '--steps',
    '1',
    '--sample-every',
    '0',
    '--no-augmentation',
  ];
  const quick = ['--threads', '1', '--no-flip'];
  // Address space for the program and the model, but not for the activations of 8 large pictures.
  const limited = ['-c', 'ulimit -v 2600000; exec "$0" "$@"', process.execPath, ...train, ...size, ...quick];
  const { status, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
  expect(status, stderr).toBe(1);
  const [run] = readdirSync(folder).filter((name) => /^\d/.test(name));
  const command = `custom-diffusion train ${join(folder, run!, 'config.json')} --instance-rows 4 --gradient-accumulation 2`;
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^error: /);
  expect(stderr).toContain(`To train it again with less: ${command}`);
  expect(JSON.parse(readFileSync(join(folder, run!, 'manifest.json'), 'utf8'))).toMatchObject({
    status: 'failed',
    errorCode: 'out-of-memory',
  });

  // What is named can be run as it is.
  const args = command.split(' ').slice(1);
  const again = spawnSync(process.execPath, [bundle, ...args, '--threads', '1'], { encoding: 'utf8' });
  expect(again.status, again.stderr).toBe(0);
  expect(again.stdout).toContain('Trained 1 steps.');
});
