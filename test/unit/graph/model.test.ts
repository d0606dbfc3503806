import { chmod, mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Session } from '../../../native-runtime/device/session';
import { float32ToFloat16 } from '../../../native-runtime/formats/halfFloat';
import { openSafetensors, writeSafetensors } from '../../../native-runtime/formats/safetensors';
import { leaves, writeModel } from '../../../native-runtime/graph/model';
import * as ops from '../../../native-runtime/graph/operators/elementwise';
import { maskGradient, reshape } from '../../../native-runtime/graph/operators/layout';
import { gemm, matMul } from '../../../native-runtime/graph/operators/matrix';
import { OwnGraphs } from '../../../native-runtime/graph/operators/ownGraph';
import { constant, fileTensor, filled, input, type Tensor } from '../../../native-runtime/graph/tensor';
import { float32, type TensorData } from '../../../native-runtime/tensorData';
import { readModel } from '../../support/onnxModel';

/** Builds, runs once and releases. */
async function run(outputs: Record<string, Tensor>, feeds: Record<string, TensorData>) {
  const session = await Session.create(outputs, { threads: 1 });
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]));
}

const summary = (outputs: Record<string, Tensor>) => readModel(writeModel(outputs).bytes);
const [x, y] = [input('x', [3]), input('y', [3])];
const feeds = { x: float32([3], [1, 2, 3]), y: float32([3], [4, 5, 6]) };

describe('what is written', () => {
  test('equal constants once, whatever object they come from', () => {
    const { initializers } = summary({ out: ops.add(ops.mul(x, 2), ops.mul(y, constant(float32([], [2])))) });
    expect(initializers.map(({ rawBytes }) => rawBytes)).toEqual([4]);
  });
  test('constants with the same bytes but another shape or dtype stay apart', () => {
    const zeros = [filled([2], 0), filled([1, 2], 0), filled([1], 0, 'int64'), filled([1], 0, 'float64')];
    const { initializers } = summary(Object.fromEntries(zeros.map((z, i) => [`out${i}`, z])));
    expect(initializers).toHaveLength(4);
  });
  test('a constant over part of a larger buffer is only that part', async () => {
    const part = new Float32Array([7, 8, 9, 10]).subarray(1, 3);
    const tensor = constant({ dtype: 'float32', shape: [2], data: part });
    expect(summary({ out: tensor }).initializers[0]!.rawBytes).toBe(8);
    expect(await run({ out: tensor }, {})).toEqual({ out: [8, 9] });
  });
  test('only what the outputs need', () => {
    const shared = ops.mul(x, y);
    ops.exp(shared);
    const model = summary({ out: ops.neg(shared) });
    expect(model.operators).toEqual(['Mul', 'Neg', 'Identity']);
    expect(model.inputs).toEqual(['x', 'y']);
  });
  test('a node used by two outputs once', () => {
    const shared = ops.exp(x);
    expect(summary({ a: ops.neg(shared), b: ops.abs(shared) }).operators.filter((op) => op === 'Exp')).toHaveLength(1);
  });
  test('a masked gradient costs nothing: neither the mask nor what computes it is there', () => {
    const model = summary({ out: ops.exp(maskGradient(x, ops.sign(y))) });
    expect(model.operators).toEqual(['Exp', 'Identity']);
    expect(model.inputs).toEqual(['x']);
  });
});

describe('outputs', () => {
  test('that are an input, a constant, one tensor under two names, and a masked input', async () => {
    const sum = ops.add(x, y);
    const outputs = { direct: x, fixed: filled([2], 5), first: sum, second: sum, masked: maskGradient(y, x) };
    expect(await run(outputs, feeds)).toEqual({
      direct: [1, 2, 3],
      fixed: [5, 5],
      first: [5, 7, 9],
      second: [5, 7, 9],
      masked: [4, 5, 6],
    });
  });
  test('of every rank, a scalar included', async () => {
    expect(await run({ scalar: reshape(filled([1, 1], 3), []) }, {})).toEqual({ scalar: [3] });
  });
});

describe('names', () => {
  test('an input may be called as the writer calls its own values', async () => {
    const [t0, c0, c1] = [input('t0', [1]), input('c0', [1]), input('c1', [1])];
    const outputs = { t1: ops.add(ops.mul(ops.add(t0, 2), 3), ops.mul(c0, c1)) };
    const fed = { t0: float32([1], [1]), c0: float32([1], [10]), c1: float32([1], [10]) };
    expect(await run(outputs, fed)).toEqual({ t1: [109] });
  });
  test('an output that has the name of an input is refused', () => {
    expect(() => writeModel({ x: ops.neg(x) })).toThrow(/x/);
  });
  test('two inputs of one name and shape are one input', async () => {
    expect(await run({ out: ops.add(x, input('x', [3])) }, feeds)).toEqual({ out: [2, 4, 6] });
  });
  test('two inputs of one name that differ are refused', () => {
    expect(() => writeModel({ a: x, b: input('x', [2]) })).toThrow(/x/);
  });
});

describe('weights in a safetensors file', () => {
  let root = '';
  const weights: Record<string, TensorData> = {
    'to_k.weight': float32([2, 3], [1, 2, 3, 4, 5, 6]),
    'half.weight': { dtype: 'float16', shape: [3], data: float32ToFloat16(Float32Array.of(0.5, -2, 1024)) },
    'to_v.weight': float32([3, 2], [0, 1, 1, 0, 2, -1]),
  };

  /** The weights of a file as graph tensors. */
  async function open(path: string): Promise<Record<string, Tensor>> {
    const { tensors } = await openSafetensors(path);
    return Object.fromEntries(
      [...tensors].map(([name, { shape, dtype, byteOffset, byteLength }]) => [
        name,
        fileTensor(name, shape, dtype, { path, byteOffset, byteLength }),
      ]),
    );
  }
  /** A use of all three weights. */
  const product = (w: Record<string, Tensor>) =>
    ops.add(gemm(w['to_k.weight']!, w['to_v.weight']!), reshape(gemm(one(w), filled([3, 1], 1)), []));
  const one = (w: Record<string, Tensor>) => reshape(ops.cast(w['half.weight']!, 'float32'), [1, 3]);
  const expected = [8, -2, 17, -2].map((v) => v + 0.5 - 2 + 1024);

  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'weights-')));
    for (const folder of ['plain', 'blobs', 'snapshots/x', 'locked', 'other/deep'])
      await mkdir(join(root, folder), { recursive: true });
    for (const path of ['plain/model.safetensors', 'blobs/abc', 'locked/model.safetensors'])
      await writeSafetensors(join(root, path), new Map(Object.entries(weights)), { format: 'pt' });
    await symlink('../../blobs/abc', join(root, 'snapshots/x/model.safetensors'));
    await chmod(join(root, 'locked/model.safetensors'), 0o444);
    await chmod(join(root, 'locked'), 0o555);
    await writeSafetensors(
      join(root, 'other/deep/model.safetensors'),
      new Map([['to_k.weight', float32([2, 3], [10, 10, 10, 10, 10, 10])]]),
    );
  });
  afterAll(async () => {
    await chmod(join(root, 'locked'), 0o755);
    await rm(root, { recursive: true });
  });

  test('are named with their own offsets, none of their bytes is copied', async () => {
    const path = join(root, 'plain/model.safetensors');
    const { tensors } = await openSafetensors(path);
    const model = writeModel({ out: product(await open(path)) }, () => 'model.safetensors');
    const external = readModel(model.bytes).initializers.filter((i) => i.external['location']);
    expect(external).toHaveLength(3);
    for (const { name, rawBytes, external: place } of external) {
      const { byteOffset, byteLength } = tensors.get(name)!;
      expect(rawBytes).toBe(0);
      expect(place).toEqual({ location: 'model.safetensors', offset: `${byteOffset}`, length: `${byteLength}` });
    }
  });

  test.each([
    ['a plain file', 'plain/model.safetensors'],
    ['a link as in the Hugging Face cache', 'snapshots/x/model.safetensors'],
    ['a file and a folder that may not be written', 'locked/model.safetensors'],
  ])('%s: read where it lies, fp16 cast in the graph, nothing written beside it', async (_, path) => {
    const before = (await readdir(root, { recursive: true })).sort();
    const result = await run({ out: product(await open(join(root, path))) }, {});
    expect(result['out']).toEqual(expected);
    expect((await readdir(root, { recursive: true })).sort()).toEqual(before);
  });

  test('one weight asked for twice is declared once', async () => {
    const path = join(root, 'plain/model.safetensors');
    const [a, b] = [await open(path), await open(path)];
    const out = ops.add(a['to_k.weight']!, b['to_k.weight']!);
    expect(summary({ out }).initializers).toHaveLength(1);
    expect((await run({ out }, {}))['out']).toEqual([2, 4, 6, 8, 10, 12]);
  });

  test('one weight in two shapes is both', async () => {
    const weight = (await open(join(root, 'plain/model.safetensors')))['to_k.weight']!;
    if (weight.source.kind !== 'file') throw new Error('not in a file');
    const column = fileTensor('column', [3, 2], 'float32', weight.source.slice);
    expect((await run({ out: matMul(weight, column) }, {}))['out']).toEqual([22, 28, 49, 64]);
  });

  test('two files with a weight of the same name', async () => {
    const first = (await open(join(root, 'snapshots/x/model.safetensors')))['to_k.weight']!;
    const second = (await open(join(root, 'other/deep/model.safetensors')))['to_k.weight']!;
    expect((await run({ out: ops.sub(second, first) }, {}))['out']).toEqual([9, 8, 7, 6, 5, 4]);
  });

  test('an input with the name of a frozen weight', async () => {
    const frozen = (await open(join(root, 'plain/model.safetensors')))['to_k.weight']!;
    const trained = input('to_k.weight', [2, 3]);
    const results = await run(
      { out: ops.sub(trained, frozen) },
      { 'to_k.weight': float32([2, 3], [9, 9, 9, 9, 9, 9]) },
    );
    expect(results['out']).toEqual([8, 7, 6, 5, 4, 3]);
  });

  test('a weight that is itself an output', async () => {
    const weight = (await open(join(root, 'plain/model.safetensors')))['to_v.weight']!;
    expect(await run({ out: weight }, {})).toEqual({ out: [0, 1, 1, 0, 2, -1] });
  });
});

describe('a graph of its own', () => {
  const graphs = new OwnGraphs(x);
  const two = constant(float32([], [2]));

  test('reads results and inputs of the graph around it, and constants', async () => {
    const sum = ops.add(x, y);
    const made = graphs.compute([sum, y], (inside) => ops.mul(ops.sub(inside(sum), inside(y)), two));
    expect(await run({ out: ops.neg(made), sum }, feeds)).toEqual({ out: [-2, -4, -6], sum: [5, 7, 9] });
  });
  test('may read what another one made', async () => {
    const first = graphs.compute([x], (inside) => ops.mul(inside(x), inside(x)));
    const second = graphs.compute([first, y], (inside) => ops.add(inside(first), inside(y)));
    expect(await run({ out: second }, feeds)).toEqual({ out: [5, 9, 15] });
  });
  test('is counted, its leaves too', () => {
    const made = graphs.compute([x], (inside) => ops.mul(ops.exp(inside(x)), two));
    expect([...leaves([made])]).toEqual(expect.arrayContaining([x, two]));
    expect([...leaves([made])].filter(({ source }) => source.kind === 'input')).toEqual([x]);
    const { nodeCount, bytes } = writeModel({ out: made });
    const { operators } = readModel(bytes);
    expect(operators.filter((op) => op === 'If')).toHaveLength(1);
    expect(operators).not.toContain('Exp');
    // Exp and Mul in the branch that is taken, Expand in the other.
    expect(nodeCount).toBe(operators.length + 3);
  });
});
