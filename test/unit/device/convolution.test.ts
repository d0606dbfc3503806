import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../../native-runtime/device/session';
import { fasterConvolutions } from '../../../native-runtime/device/convolution/fasterConvolutions';
import { productConv, productGradient } from '../../../native-runtime/device/convolution/wholeProduct';
import { winogradConv, type Convolution } from '../../../native-runtime/device/convolution/winogradConv';
import { winogradGradient } from '../../../native-runtime/device/convolution/winogradGradient';
import { leaves, writeModel } from '../../../native-runtime/graph/model';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import { conv, convTranspose } from '../../../native-runtime/graph/operators/convolve';
import { add } from '../../../native-runtime/graph/operators/elementwise';
import { turnedKernel } from '../../../native-runtime/graph/operators/turnedKernel';
import { branchesOf, fileTensor, input, type Tensor } from '../../../native-runtime/graph/tensor';
import { RandomStream } from '../../../native-runtime/random';
import { elementCount, float32 } from '../../../native-runtime/tensorData';
import { readModel } from '../../support/onnxModel';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

const around = { padding: [1, 1, 1, 1] as const };

/** Normal values, the same ones in every run. */
const numbers = (shape: readonly number[], seed: number) =>
  float32(shape, new RandomStream(seed, 'winograd').normals(elementCount(shape)));

/** A kernel that lies in a file. */
function kernelFile(shape: readonly number[]): Tensor {
  const { data } = numbers(shape, 7);
  const path = join(folder, `${shape.join('x')}.bin`);
  writeFileSync(path, new Uint8Array(data.buffer));
  return fileTensor('kernel', shape, 'float32', { path, byteOffset: 0, byteLength: data.byteLength });
}

/** A session whose weights stay in their file, as those of large models do. */
const lean = { threads: 1, lean: true };

/** The largest difference between two graphs' results, as a part of the largest number. */
async function difference(a: Tensor, b: Tensor, feeds: Record<string, ReturnType<typeof numbers>>): Promise<number> {
  const session = await Session.create({ a, b }, lean);
  try {
    const results = await session.run(feeds);
    expect(results.b!.shape).toEqual(results.a!.shape);
    const [first, second] = [results.a!.data as Float32Array, results.b!.data as Float32Array];
    const most = (values: Iterable<number>) => [...values].reduce((x, y) => Math.max(x, Math.abs(y)), 0);
    return most(first.map((value, i) => value - second[i]!)) / most(first);
  } finally {
    await session.release();
  }
}

describe('a 3×3 convolution by minimal filtering', () => {
  const [batch, height, width] = [2, 12, 8];
  const [channels, out] = [5, 7];
  const x = input('x', [batch, channels, height, width]);
  const bias = input('bias', [out]);
  const feeds = {
    x: numbers(x.shape, 1),
    kernel: numbers([out, channels, 3, 3], 7),
    bias: numbers([out], 3),
  };
  const fed = input('kernel', [out, channels, 3, 3]);
  const stored = kernelFile([out, channels, 3, 3]);

  it.each<[string, Partial<Convolution>, { factors?: number; tiles?: number }]>([
    ['as a whole', {}, {}],
    ['with a bias', { bias }, {}],
    ['in bands of rows', {}, { tiles: 1 }],
    ['in bands of two tiles and of one', {}, { tiles: 2 * 4 * batch * out * 36 * 2 }],
    ['in parts of its kernel', {}, { factors: 36 * 4 * channels * 2 }],
    ['in bands and parts, with a bias', { bias }, { tiles: 1, factors: 36 * 4 * channels * 3 }],
    ['with its kernel’s parts in the file', { kernelInPlace: true }, { factors: 36 * 4 * channels * 3 }],
    ['with a kernel that is fed, in parts', { kernel: fed }, { factors: 36 * 4 * channels * 3 }],
  ])('gives what Conv gives, %s', async (_, changed, memory) => {
    const convolution = { x, kernel: stored, ...changed };
    const expected = conv(x, convolution.kernel, convolution.bias, around);
    const made = winogradConv(convolution, { factors: 1e9, tiles: 1e9, ...memory });
    expect(await difference(expected, made, feeds)).toBeLessThan(3e-6);
  });

  it('differs by rounding only with many channels', async () => {
    const wide = input('wide', [1, 320, 32, 32]);
    const kernel = input('kernel', [64, 320, 3, 3]);
    const wideFeeds = { wide: numbers(wide.shape, 1), kernel: numbers(kernel.shape, 2) };
    const made = winogradConv({ x: wide, kernel });
    expect(await difference(conv(wide, kernel, undefined, around), made, wideFeeds)).toBeLessThan(3e-6);
  });
});

describe('the gradient of its input', () => {
  const [batch, height, width] = [2, 12, 8];
  const [channels, out] = [5, 7];
  const grad = input('grad', [batch, out, height, width]);
  const kernel = kernelFile([out, channels, 3, 3]);
  const feeds = { grad: numbers(grad.shape, 1) };

  it.each<[string, { factors?: number; tiles?: number }]>([
    ['as a whole', {}],
    ['in bands of rows', { tiles: 1 }],
    ['in parts of its kernel', { factors: 36 * 4 * out * 2 }],
    ['in bands and parts', { tiles: 1, factors: 36 * 4 * out * 3 }],
  ])('is what ConvTranspose gives, %s', async (_, memory) => {
    const made = winogradGradient(grad, kernel, { factors: 1e9, tiles: 1e9, ...memory });
    expect(await difference(convTranspose(grad, kernel, height, width, around), made, feeds)).toBeLessThan(3e-6);
  });
});

describe('a 3×3 convolution as one product for all pictures', () => {
  const [batch, height, width] = [3, 5, 4];
  const kernel = kernelFile([7, 6, 3, 3]);
  const x = input('x', [batch, 6, height, width]);
  const grad = input('grad', [batch, 7, height, width]);

  it.each([
    ['without a bias', undefined],
    ['with one', input('bias', [7])],
  ])('gives what Conv gives, %s', async (_, bias) => {
    const feeds = { x: numbers(x.shape, 1), bias: numbers([7], 3) };
    expect(await difference(conv(x, kernel, bias, around), productConv({ x, kernel, bias }), feeds)).toBeLessThan(1e-6);
  });

  it('has a gradient that is what ConvTranspose gives', async () => {
    const expected = convTranspose(grad, kernel, height, width, around);
    const feeds = { grad: numbers(grad.shape, 1) };
    expect(await difference(expected, productGradient(grad, kernel), feeds)).toBeLessThan(1e-6);
  });
});

describe('where convolutions are computed in another way', () => {
  const kernel = kernelFile([64, 64, 3, 3]);
  const x = input('x', [2, 64, 16, 16]);
  const feeds = { x: numbers(x.shape, 1) };
  const operators = (results: readonly Tensor[]) => sortNodes(results).map(({ op }) => op);
  /** Bytes of each piece of a file that is read, in the order of the file. */
  const bytesRead = (results: readonly Tensor[]) => {
    const slices = [...leaves(results)].flatMap(({ source }) => (source.kind === 'file' ? [source.slice] : []));
    const pieces = new Map(slices.map(({ byteOffset, byteLength }) => [byteOffset, byteLength]));
    return [...pieces].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
  };
  const wholeKernel = 4 * 64 * 64 * 9;

  const small = input('x', [2, 64, 4, 4]);
  const middle = input('x', [2, 64, 8, 8]);
  it.each<[string, boolean, () => Tensor]>([
    ['a convolution of many cells', true, () => conv(x, kernel, undefined, around)],
    ['the gradient of one', true, () => convTranspose(x, kernel, 16, 16, around)],
    ['the gradient of one, by a turned kernel', true, () => conv(x, turnedKernel(kernel), undefined, around)],
    ['a convolution of few cells of several pictures', false, () => conv(small, kernel, undefined, around)],
    ['the gradient of one with more cells', false, () => convTranspose(middle, kernel, 8, 8, around)],
  ])('is %s', async (_, hasFactors, make) => {
    const asked = make();
    const feeds = { x: numbers(sortNodes([asked]).at(-1)!.inputs[0]!.shape, 1) };
    const made = fasterConvolutions([asked]);
    const [branch] = sortNodes(made).flatMap(branchesOf);
    expect(operators(made)).not.toContain(sortNodes([asked]).at(-1)!.op);
    expect(operators([branch!.result]).filter((op) => op.endsWith('MatMul'))).toHaveLength(hasFactors ? 1 : 0);
    expect(await difference(asked, made[0]!, feeds)).toBeLessThan(3e-6);
  });

  it.each([
    ['neither many cells nor few', () => conv(middle, kernel, undefined, around)],
    ['few cells of one picture', () => conv(input('x', [1, 64, 4, 4]), kernel, undefined, around)],
    ['a gradient of few cells of one picture', () => convTranspose(input('x', [1, 64, 4, 4]), kernel, 4, 4, around)],
    ['few channels', () => conv(x, input('w', [4, 64, 3, 3]), undefined, around)],
    ['a side that four does not divide', () => conv(input('x', [8, 64, 18, 16]), kernel, undefined, around)],
    ['a stride', () => conv(input('x', [8, 64, 16, 16]), kernel, undefined, { ...around, stride: 2 })],
    ['a gradient of a stride', () => convTranspose(x, kernel, 32, 32, { ...around, stride: 2 })],
    ['other edges', () => conv(input('x', [8, 64, 18, 18]), kernel, undefined)],
    ['one cell', () => conv(x, input('w', [64, 64, 1, 1]), undefined)],
    [
      '16 bits',
      () => conv(input('x', [8, 64, 16, 16], 'float16'), input('w', [64, 64, 3, 3], 'float16'), undefined, around),
    ],
  ])('is not with %s', (_, make) => {
    const result = make();
    expect(fasterConvolutions([result])).toEqual([result]);
  });

  it('leaves nothing of a convolution for the rest of the graph to plan', () => {
    const { operators: written } = readModel(
      writeModel({ out: fasterConvolutions([conv(x, kernel, undefined, around)])[0]! }).bytes,
    );
    expect(written).toContain('If');
    expect(written).not.toContain('MatMul');
    expect(written).not.toContain('Gemm');
  });

  it('reads a kernel in pieces of its file, but as a whole where a gradient reads it as well', () => {
    const large = kernelFile([512, 640, 3, 3]);
    const wide = input('wide', [2, 640, 16, 16]);
    const made = conv(wide, large, undefined, around);
    const bytes = 4 * 512 * 640 * 9;
    expect(bytesRead(fasterConvolutions([made]))).toEqual([bytes / 2, bytes / 2]);
    expect(bytesRead(fasterConvolutions([convTranspose(made, large, 16, 16, around)]))).toEqual([bytes]);
  });

  it('gives what two convolutions with one kernel give', async () => {
    const expected = conv(add(conv(x, kernel, undefined, around), x), kernel, undefined, around);
    const [made] = fasterConvolutions([expected]);
    expect(bytesRead([made!])).toEqual([wholeKernel]);
    expect(await difference(expected, made!, feeds)).toBeLessThan(1e-5);
  });

  it('is only in sessions that ask for it', async () => {
    const out = conv(x, kernel, undefined, around);
    const counts = [];
    for (const faster of [false, true]) {
      const session = await Session.create({ out }, { ...lean, fasterConvolutions: faster });
      counts.push(session.nodeCount);
      expect((await session.run(feeds)).out!.shape).toEqual(out.shape);
      await session.release();
    }
    expect(counts[0]).toBe(2);
    expect(counts[1]).toBeGreaterThan(10);
  });
});
