import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { DeviceProbe } from '../../src/common/protocol/device';
import { loadDelta } from '../../native-runtime/delta/loadDelta';
import { readRunLog } from '../../native-runtime/train/runLog';
import { bundledCommandLine } from '../support/bundledCommandLine';
import { describeOnWebgpu, onOwnAdapter, webgpuEnvironment } from '../support/describeOnWebgpu';
import { run } from '../support/runOnWebgpu';
import { runtimeProcess } from '../support/runtimeProcess';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture } from '../support/tinyBases';

const cat = join(__dirname, '../../media/concepts/mochi-cat');
const dog = join(__dirname, '../../media/concepts/biscuit-dog');
const base = fixture('sd1', 'base');
const folder = temporaryFolder();
const onWebgpu = { device: 'webgpu', mixedPrecision: false };

describeOnWebgpu('the runtime of the editor on WebGPU', () => {
  const runtime = runtimeProcess(webgpuEnvironment);
  const prompt = 'photo of a <new1> cat';

  const train = (device: 'webgpu' | 'cpu') => {
    const sample = { every: device === 'webgpu' ? 2 : 0, prompts: [prompt], seeds: [1], steps: 1 };
    const config = {
      base,
      output: device,
      concepts: [{ folder: cat, classNoun: 'cat', prior: { kind: 'none' } }],
      augmentation: { enabled: false, flip: false },
      ...{ resolution: 64, instanceRows: 1, gradientAccumulation: 2, steps: 2, sample, device, precision: 'single' },
    };
    return runtime.current.request('train/start', { job: `train on ${device}`, config, folder });
  };

  it('trains as on the processor, draws and looks at pictures', { timeout: 900_000 }, async () => {
    const trained = await train('webgpu');
    expect(trained).toMatchObject({ status: 'finished', step: 2 });
    const manifest = JSON.parse(readFileSync(join(trained.folder, 'manifest.json'), 'utf8')) as unknown;
    expect(manifest).toMatchObject(onWebgpu);
    const losses = async (of: string) => (await readRunLog(join(of, 'log.jsonl'))).map(({ loss }) => loss);
    const [ours, expected] = [await losses(trained.folder), await losses((await train('cpu')).folder)];
    ours.forEach((loss, i) => expect(loss / expected[i]!).toBeCloseTo(1, 3));
    expect((await loadDelta(trained.delta!)).unet.size).toBeGreaterThan(10);
    expect(existsSync(join(trained.folder, 'samples', 'step-000002', 'grid.png'))).toBe(true);

    const computing = { device: 'webgpu', precision: 'single' } as const;
    const model = { delta: trained.folder };
    const settings = { negativePrompt: '', seeds: [1], steps: 1, scheduler: 'ddim', guidanceScale: 4 };
    const request = { prompt, ...settings, captureAttention: true };
    const pictures = join(folder, 'pictures');
    const drawn = await runtime.current.request('sample/generate', {
      ...{ job: 'draw', model, request, folder: pictures, computing },
    });
    expect(drawn).toMatchObject({ status: 'finished', computedOn: onWebgpu });
    const seen = await runtime.current.request('attention/look', {
      ...{ picture: drawn.pictures[0]!.path, prompt, model, timestep: 300, seed: 1, computing },
      cacheFolder: join(folder, 'seen'),
    });
    expect(seen).toMatchObject({ source: 'looked', computedOn: onWebgpu });
  });
});

describeOnWebgpu('the command line on WebGPU', () => {
  const bundle = bundledCommandLine();

  it('draws', { timeout: 300_000 }, async () => {
    const pictures = join(folder, 'drawn');
    const args = ['--base', base, '--prompt', 'a cat', '--steps', '1', '--output', pictures, '--guidance', '1'];
    const text = await run([bundle, 'sample', ...args, '--device', 'webgpu', '--precision', 'single', '--json']);
    expect(JSON.parse(text)).toMatchObject({ pictures: [{ seed: 1 }], computedOn: onWebgpu });
  });

  it('says whether there is 16-bit arithmetic', async () => {
    const probes = JSON.parse(await run([bundle, 'device', 'list', '--json'])) as DeviceProbe[];
    const { usable, detail } = probes.find(({ name }) => name === 'webgpu')!;
    expect(usable).toBe(true);
    expect(detail).toMatch(onOwnAdapter ? /16-bit arithmetic$/ : /WebGPU, without 16-bit arithmetic$/);
  });

  it.skipIf(onOwnAdapter)('refuses products in 16 bits where there are none', async () => {
    const args = ['sample', '--base', base, '--prompt', 'a cat', '--device', 'webgpu', '--precision', 'mixed'];
    await expect(run([bundle, ...args])).rejects.toThrow(/precision: this graphics processor has no 16-bit arithmetic/);
  });

  it.skipIf(onOwnAdapter).each([
    ['sample', ['--base', base, '--prompt', 'a cat']],
    ['attention', [join(cat, '01.png'), '--base', base, '--prompt', 'a cat']],
    ['score', ['--seeds', '1']],
    ['study', [cat, dog]],
  ])('says in %s what is missing where no graphics processor is', async (command, args) => {
    const nowhere = { ...process.env, VK_ICD_FILENAMES: '', VK_DRIVER_FILES: '' };
    const output = join(folder, command);
    await expect(run([bundle, command, ...args, '--device', 'webgpu', '--output', output], nowhere)).rejects.toThrow(
      /no graphics processor can be used through WebGPU/,
    );
    expect(existsSync(output)).toBe(false);
  });
});
