import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TorchData } from '../../../native-runtime/formats/pickleWriter';
import { TorchTensor } from '../../../native-runtime/formats/pickleValues';
import { openSafetensors, readTensors } from '../../../native-runtime/formats/safetensors';
import { openTorchFile, readTorchTensors } from '../../../native-runtime/formats/torchFile';
import { writeTorchFile } from '../../../native-runtime/formats/torchWriter';
import { openWeightFile } from '../../../native-runtime/formats/weightFile';
import { float32, type TensorData } from '../../../native-runtime/tensorData';
import { pickle, pickledTensor } from '../../support/pickleBytes';
import { temporaryFolder } from '../../support/temporaryFolder';
import { zipBytes } from '../../support/zipBytes';

const fixtures = join(__dirname, '../../fixtures');
const folder = temporaryFolder();

async function archive(stream: Buffer, values: number[] = [0, 1, 2, 3, 4, 5]): Promise<string> {
  const path = join(folder, `${Math.random()}.bin`);
  const data = Buffer.from(Float32Array.from(values).buffer);
  await writeFile(
    path,
    zipBytes([
      { name: 'a/data.pkl', data: stream },
      { name: 'a/data/0', data },
    ]),
  );
  return path;
}

async function onlyTensor(path: string): Promise<TensorData> {
  const file = await openTorchFile(path);
  expect(file.root).toBeInstanceOf(TorchTensor);
  return (await readTorchTensors(file, [file.root as TorchTensor]))[0]!;
}

describe('files of torch.save', () => {
  test.each(['sd1', 'sd2', 'sdxl'])('B10 %s delta.bin has the values of the safetensors recording', async (model) => {
    const torch = await (await openWeightFile(join(fixtures, model, 'deltas/delta.bin'))).read();
    const recorded = await openSafetensors(join(fixtures, model, 'train.self-crossattn-kv.safetensors'));
    const names = [...torch.keys()].filter((n) => n.startsWith('unet.')).map((n) => n.slice(5));
    expect(names.length).toBeGreaterThan(40);
    const expected = await readTensors(
      recorded,
      names.map((n) => `final.${n}`),
    );
    for (const name of names) expect(torch.get(`unet.${name}`)).toEqual(expected.get(`final.${name}`));
  });

  test('offsets in the file lead to the values', async () => {
    const file = await openWeightFile(join(fixtures, 'sd1/deltas/new1.bin'));
    const info = file.tensors.get('<new1>')!;
    const bytes = (await readFile(file.path)).subarray(info.byteOffset!, info.byteOffset! + info.byteLength);
    const values = (await file.read(['<new1>'])).get('<new1>')!;
    expect(Buffer.from(values.data.buffer).equals(bytes)).toBe(true);
  });

  test('a transposed view, a view with an offset, and a scalar are read in row-major order', async () => {
    const view = (options: Parameters<typeof pickledTensor>[0]) =>
      pickle.stream(pickledTensor({ count: 6, ...options }), '.');
    const transposed = await onlyTensor(await archive(view({ shape: [3, 2], strides: [1, 3] })));
    expect(transposed).toEqual(float32([3, 2], [0, 3, 1, 4, 2, 5]));
    const inner = await onlyTensor(await archive(view({ offset: 1, shape: [2, 2], strides: [3, 1] })));
    expect(inner).toEqual(float32([2, 2], [1, 2, 4, 5]));
    expect(await onlyTensor(await archive(view({ offset: 2, shape: [3], strides: [1] })))).toEqual(
      float32([3], [2, 3, 4]),
    );
    expect(await onlyTensor(await archive(view({ offset: 5, shape: [], strides: [] })))).toEqual(float32([], [5]));
    expect(await onlyTensor(await archive(view({ shape: [0, 4], strides: [4, 1] })))).toEqual(float32([0, 4]));
  });

  test('views of one storage do not share memory', async () => {
    const view = pickledTensor({ count: 6, shape: [6], strides: [1] });
    const file = await openTorchFile(await archive(pickle.stream('(', view, view, 't.')));
    const [a, b] = await readTorchTensors(file, file.root as unknown as TorchTensor[]);
    a!.data[0] = 9;
    expect(b!.data[0]).toBe(0);
  });

  test('what training frameworks add is dropped: parameters, notes on dictionaries, callbacks', async () => {
    const { global, text, tuple, int } = pickle;
    const parameter = Buffer.concat([
      global('torch._utils', '_rebuild_parameter'),
      tuple(
        pickledTensor({ count: 6 }),
        Buffer.from([0x89]),
        Buffer.concat([global('collections', 'OrderedDict'), Buffer.from(')R')]),
      ),
      Buffer.from('R'),
    ]);
    const notes = Buffer.concat([Buffer.from('}'), text('_metadata'), Buffer.from('}sb')]);
    const callback = Buffer.concat([global('pytorch_lightning.callbacks.model_checkpoint', 'ModelCheckpoint'), int(1)]);
    const scalar = Buffer.concat([global('numpy.core.multiarray', 'scalar'), tuple(int(1)), Buffer.from('R')]);
    const stream = pickle.stream(
      '}(',
      text('state_dict'),
      global('collections', 'OrderedDict'),
      ')R(',
      text('w'),
      parameter,
      'u',
      notes,
      text('callbacks'),
      '}(',
      callback,
      'u',
      text('best'),
      scalar,
      'u.',
    );
    const path = await archive(stream);
    expect([...(await openWeightFile(path)).tensors.keys()]).toEqual(['w']);
    const root = (await openTorchFile(path)).root as Map<string, unknown>;
    expect(root.get('best')).toBeNull();
    expect([...(root.get('callbacks') as Map<string, unknown>).keys()][0]).toMatch(/ModelCheckpoint/);
  });

  test('everything that can be written is read back', async () => {
    const path = join(folder, 'written.bin');
    const tensors: [string, TensorData][] = [
      ['__proto__', float32([2, 3], [1, 2, 3, 4, 5, 6])],
      ['half ☃', { dtype: 'float16', shape: [1], data: Uint16Array.of(0x3c00) }],
      ['long', { dtype: 'int64', shape: [], data: BigInt64Array.of(-7n) }],
      ['none', float32([0, 5])],
      ['view', float32([2], new Float32Array([0, 8, 9, 0]).subarray(1, 3))],
    ];
    const plain: [string, TorchData][] = [
      ['numbers', [0, -1, 2 ** 31, -(2 ** 40), 0.5, Number.MAX_SAFE_INTEGER]],
      ['words', ['', 'ä', true, false, null]],
    ];
    await writeTorchFile(path, new Map<string, TorchData>([['t', new Map(tensors)], ...plain]));
    const root = (await openTorchFile(path)).root as Map<string, unknown>;
    for (const [name, value] of plain) expect(root.get(name)).toEqual(value);
    const read = await (await openWeightFile(path)).read();
    expect(read).toEqual(new Map(tensors.map(([name, tensor]) => [`t.${name}`, tensor])));
  });

  test('storages start at multiples of 64 bytes', async () => {
    const path = join(folder, 'aligned.bin');
    await writeTorchFile(path, [float32([1]), float32([3]), float32([5])]);
    const { tensors } = await openWeightFile(path);
    expect([...tensors.values()].map((t) => t.byteOffset! % 64)).toEqual([0, 0, 0]);
  });
});
