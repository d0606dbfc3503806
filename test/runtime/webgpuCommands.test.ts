import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadDelta } from '../../native-runtime/delta/loadDelta';
import { readRunLog } from '../../native-runtime/train/runLog';
import { bundledCommandLine } from '../support/bundledCommandLine';
import { describeOnWebgpu } from '../support/describeOnWebgpu';
import { run } from '../support/runOnWebgpu';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture } from '../support/tinyBases';

const cat = join(__dirname, '../../media/concepts/mochi-cat');
const folder = temporaryFolder();

describeOnWebgpu('the command line on WebGPU', () => {
  const bundle = bundledCommandLine();
  const base = ['--base', fixture('sd1', 'base')];
  const json = async (...args: string[]) =>
    JSON.parse(await run([bundle, ...args, '--json'])) as Record<string, unknown>;
  const train = (device: string) =>
    json(
      ...['train', ...base, '--concept', cat, '--class', 'cat', '--output', join(folder, device), '--device', device],
      ...['--resolution', '64', '--prior', 'none', '--instance-rows', '1', '--no-augmentation', '--no-flip'],
      ...['--gradient-accumulation', '2', '--steps', '2', '--sample-every', '0'],
    );

  it('trains and samples as on the processor', { timeout: 900_000 }, async () => {
    const [webgpu, cpu] = [await train('webgpu'), await train('cpu')];
    expect(webgpu).toMatchObject({ status: 'finished', step: 2 });
    const runFolder = String(webgpu.folder);
    expect(JSON.parse(readFileSync(join(runFolder, 'manifest.json'), 'utf8'))).toMatchObject({ device: 'webgpu' });
    const losses = async ({ folder: of }: typeof cpu) =>
      (await readRunLog(join(String(of), 'log.jsonl'))).map(({ loss }) => loss);
    const [ours, expected] = [await losses(webgpu), await losses(cpu)];
    ours.forEach((loss, i) => expect(loss / expected[i]!).toBeCloseTo(1, 3));
    expect((await loadDelta(String(webgpu.delta))).unet.size).toBeGreaterThan(10);

    const pictures = join(folder, 'pictures');
    const options = ['--delta', runFolder, '--prompt', 'photo of a <new1> cat', '--steps', '2', '--output', pictures];
    const sampled = await json('sample', ...options, '--device', 'webgpu', '--attention');
    expect(sampled.pictures).toHaveLength(1);
    const [{ path }] = sampled.pictures as [{ path: string }];
    expect(readFileSync(path).length).toBeGreaterThan(1000);
  });

  it('says what is missing where no graphics processor is', async () => {
    const nowhere = { ...process.env, VK_ICD_FILENAMES: '', VK_DRIVER_FILES: '' };
    const args = ['sample', ...base, '--prompt', 'a cat', '--device', 'webgpu', '--output', join(folder, 'none')];
    await expect(run([bundle, ...args], nowhere)).rejects.toThrow(/no graphics processor can be used through WebGPU/);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
