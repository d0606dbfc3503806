import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { describe, expect, it } from 'vitest';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cudaLibraries } from '../../../native-runtime/device/runtimeLibraries';
import { PROTOCOL_VERSION } from '../../../src/common/protocol/runtimeProtocol';
import { cudaPackage } from '../../support/cudaPackage';
import { runtimeProcess } from '../../support/runtimeProcess';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyBase } from '../../support/tinyRun';

const runtime = runtimeProcess();
const folder = temporaryFolder();
const deltas = resolve('test/fixtures/sd1/deltas');

describe('the channel', () => {
  it('begins with a handshake', async () => {
    const { current } = runtime;
    const shaken = await current.request('initialize', { protocolVersion: PROTOCOL_VERSION });
    expect(shaken).toMatchObject({
      protocolVersion: PROTOCOL_VERSION,
      pid: current.child.pid,
      onnxRuntimeVersion: '1.30.0',
    });
  });

  it('refuses another version of the protocol', async () => {
    expect(await runtime.current.refusal('initialize', { protocolVersion: 999 })).toMatchObject({
      code: 'conflict',
      where: 'protocolVersion',
      remedy: 'Reload the window after an update',
    });
  });

  it.each([
    ['a missing field', 'model/summary', {}, 'base'],
    ['a wrong type', 'model/summary', { base: 7 }, 'base'],
    ['a field within a field', 'prompt/analyse', { model: { strength: 99 }, prompt: 'a cat' }, 'model.strength'],
    ['an empty list', 'sample/compare', { job: 'a', folder: '/tmp', title: '', rows: [] }, 'rows'],
  ] as const)('refuses %s with its name', async (_, name, params, where) => {
    expect(await runtime.current.refusal(name, params)).toMatchObject({ code: 'bad-input', where });
  });

  it('passes errors of input on with their parts', async () => {
    expect(await runtime.current.refusal('model/summary', { base: '/nowhere/model' })).toEqual({
      code: 'not-found',
      where: '/nowhere/model',
      problem: 'there is no such model',
      remedy: 'Check the path',
    });
  });

  it('answers unknown requests with an error', async () => {
    await expect(runtime.current.request('no/such' as 'initialize', { protocolVersion: 1 })).rejects.toThrow();
  });

  it('answers a cancelled request with a typed error', async () => {
    const source = new CancellationTokenSource();
    const scan = runtime.current.request(
      'dataset/scan',
      { folder: resolve('media/concepts/mochi-cat'), cacheFolder: '/nowhere', resolution: 64 },
      source,
    );
    source.cancel();
    await expect(scan).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('models', () => {
  it('are summed up from their headers', async () => {
    const summary = await runtime.current.request('model/summary', { base: tinyBase });
    expect(summary).toMatchObject({
      path: tinyBase,
      name: 'base',
      resolution: 128,
      sizeMultiple: 64,
      textPositions: 77,
    });
    expect(summary.parameters.unet).toBeGreaterThan(10_000);
    expect((await runtime.current.request('model/summary', { base: 'pocket' })).name).toBe('pocket');
  });

  it('list the layers that can learn', async () => {
    const { layers, modes, parameters } = await runtime.current.request('model/layers', { base: tinyBase });
    expect(layers.length).toBe(32);
    const shapes = layers.flatMap(({ projections }) => projections.map(({ parameters: count }) => count));
    expect(shapes.reduce((sum, count) => sum + count, 0)).toBe(parameters);
    expect(modes['crossattn-kv']).toBeLessThan(modes['crossattn']);
  });

  it.each([
    ['delta.bin', 'adobe', ['<new1>', '<new2>']],
    ['pytorch_custom_diffusion_weights.safetensors', 'diffusers', ['<new1>', '<new2>']],
  ])('tell the deltas of other programs: %s', async (file, format, modifierTokens) => {
    const summary = await runtime.current.request('delta/summary', { path: `${deltas}/${file}` });
    expect({ ...summary, modifierTokens: [...summary.modifierTokens].sort() }).toMatchObject({
      format,
      modifierTokens,
    });
    expect(summary.parameters).toBeGreaterThan(1000);
  });

  it('tell what a weight file is from its header', async () => {
    const path = resolve(tinyBase, 'unet/diffusion_pytorch_model.safetensors');
    const header = await runtime.current.request('file/header', { path });
    expect(header).toMatchObject({ path, isDelta: false, kind: 'The UNet of a model, Stable Diffusion 1.x.' });
    expect(header.tensors.every(({ bytes, parameters }) => bytes === 4 * parameters)).toBe(true);
    const delta = await runtime.current.request('file/header', { path: `${deltas}/delta.bin` });
    expect(delta.isDelta).toBe(true);
    expect(await runtime.current.refusal('file/header', { path: resolve('package.json') })).toMatchObject({
      code: 'bad-file',
    });
  });
});

describe('prompts', () => {
  const base = { base: tinyBase };

  it('are taken apart into words with their positions', async () => {
    const prompt = 'photo of a cat';
    const analysis = await runtime.current.request('prompt/analyse', { model: base, prompt });
    expect(analysis.tokens.map(({ text }) => text)).toEqual(['photo', 'of', 'a', 'cat']);
    expect(analysis.tokens[0]!.positions[0]).toBe(1);
    const used = analysis.tokens.flatMap(({ positions }) => positions);
    expect(analysis).toMatchObject({ count: used.length + 2, positions: 77, cut: '', warnings: [] });
  });

  it('D4 warn of a token the model does not know', async () => {
    const { warnings } = await runtime.current.request('prompt/analyse', { model: base, prompt: 'a <new1> cat' });
    expect(warnings).toEqual(['<new1> is not a token this model has learned; it knows no learned tokens.']);
  });

  it('D6 say which text is cut off', async () => {
    const words = Array.from({ length: 90 }, (_, i) => (i < 85 ? 'cat' : 'dog'));
    const { cut, count, warnings } = await runtime.current.request('prompt/analyse', {
      model: base,
      prompt: words.join(' '),
    });
    expect(cut).toBe(words.slice(75).join(' '));
    expect(count).toBe(77);
    expect(warnings).toHaveLength(1);
  });
});

describe('devices', () => {
  it('are tried with a graph of one operator, the processor among them', async () => {
    const probes = await runtime.current.request('devices/probe', {});
    expect(probes.map(({ name }) => name)).toEqual(['cpu', 'webgpu', 'cuda']);
    expect(probes[0]).toMatchObject({ usable: true });
    expect(probes[0]!.detail).toMatch(/\d+ cores/);
    for (const probe of probes.slice(1)) if (!probe.usable) expect(probe.error && probe.remedy).toBeTruthy();
  }, 180_000);

  it('CUDA is looked for without loading it, and its libraries go where they are told', async () => {
    const setup = await runtime.current.request('cuda/setup', {});
    expect(setup.obstacle === undefined).toBe(setup.driver !== undefined && setup.gpus.length > 0);
    const source = join(folder, 'some.1.30.0.nupkg');
    writeFileSync(source, cudaPackage());
    const target = join(folder, 'libraries');
    const installed = await runtime.current.request('cuda/install', { source, folder: target });
    expect(installed).toEqual({ folder: target, files: [...cudaLibraries], bytes: 100_000 });
    expect(readdirSync(target)).toEqual(expect.arrayContaining([...cudaLibraries]));
    const other = join(folder, 'some.1.29.0.nupkg');
    writeFileSync(other, cudaPackage());
    expect(await runtime.current.refusal('cuda/install', { source: other, folder: target })).toMatchObject({
      code: 'bad-file',
      problem: 'is for ONNX Runtime 1.29.0, 1.30.0 is needed',
    });
  });
});
