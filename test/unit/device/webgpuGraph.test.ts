import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { largestTensor } from '../../../native-runtime/device/deviceLimits';
import { Session } from '../../../native-runtime/device/session';
import { forWebgpu, forWebgpuFeed } from '../../../native-runtime/device/webgpuGraph';
import { float32ToFloat16 } from '../../../native-runtime/formats/halfFloat';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import { cast, cos, less, sin, where } from '../../../native-runtime/graph/operators/elementwise';
import { gather, maskGradient, reshape } from '../../../native-runtime/graph/operators/layout';
import { multiHeadAttention } from '../../../native-runtime/graph/operators/matrix';
import { fileTensor, filled, input, type Tensor } from '../../../native-runtime/graph/tensor';
import { RandomStream } from '../../../native-runtime/random';
import { elementCount, float32, int64, type TensorData } from '../../../native-runtime/tensorData';
import { temporaryFolder } from '../../support/temporaryFolder';

const draw = (name: string, shape: readonly number[]) =>
  float32(shape, new RandomStream(1, name).normals(elementCount(shape)));

/** Both graphs on the processor: what is asked, and what WebGPU would be given. */
async function both(outputs: Record<string, Tensor>, feeds: Record<string, TensorData>, tensorBytes?: number) {
  const plain = await Session.create(outputs, { threads: 1 });
  const rewritten = await Session.create(forWebgpu(outputs, tensorBytes), { threads: 1 });
  const narrow = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, forWebgpuFeed(value)]));
  const results = [await plain.run(feeds), await rewritten.run(narrow)] as const;
  await plain.release();
  await rewritten.release();
  return results;
}

const folder = temporaryFolder();

describe('a graph for WebGPU', () => {
  it.each(['float32', 'float16'] as const)('reads a table of %s that is too large in blocks', async (dtype) => {
    const [count, width, before] = [11, 3, 4];
    const values = Float32Array.from({ length: count * width }, (_, i) => i - 7);
    const bytes = dtype === 'float32' ? new Uint8Array(values.buffer) : new Uint8Array(float32ToFloat16(values).buffer);
    const path = join(folder, dtype);
    writeFileSync(path, Buffer.concat([Buffer.alloc(before), bytes]));
    const slice = { path, byteOffset: before, byteLength: bytes.length };
    const table = cast(fileTensor('table', [count, width], dtype, slice), 'float32');
    const rows = gather(table, input('ids', [2, 3], 'int64'));
    // Blocks of four, four and three rows.
    const rewritten = Object.values(forWebgpu({ rows }, 4 * width * 4));
    expect(sortNodes(rewritten).filter(({ op }) => op === 'Gather')).toHaveLength(3);
    const [expected, found] = await both({ rows }, { ids: int64([2, 3], [0, 3, 4, 7, 8, 10]) }, 4 * width * 4);
    expect(found).toEqual(expected);
    expect(Array.from(found.rows!.data, Number).slice(0, 3)).toEqual([-7, -6, -5]);
  });

  it.each([1, 100, 1000, 20_000])('has sines and cosines right to the last digits up to %d', async (largest) => {
    const count = 2001;
    const angles = Float32Array.from({ length: count }, (_, i) => (largest * (i - 1000)) / 1000);
    const x = input('x', [count]);
    const session = await Session.create(forWebgpu({ sine: sin(x), cosine: cos(x) }), { threads: 1 });
    const { sine, cosine } = await session.run({ x: float32([count], angles) });
    await session.release();
    angles.forEach((angle, i) => {
      expect(Math.abs(Number(sine!.data[i]) - Math.sin(angle)), `sin ${angle}`).toBeLessThan(5e-7);
      expect(Math.abs(Number(cosine!.data[i]) - Math.cos(angle)), `cos ${angle}`).toBeLessThan(5e-7);
    });
  });

  it.each([
    ['self-attention', 64, 64],
    ['attention to text', 64, 77],
    ['attention in blocks of queries', 3000, 12_000],
  ])('writes out %s', async (_, queries, keys) => {
    const feeds = { q: draw('q', [1, queries, 8]), k: draw('k', [1, keys, 8]), v: draw('v', [1, keys, 8]) };
    const [q, k, v] = [input('q', [1, queries, 8]), input('k', [1, keys, 8]), input('v', [1, keys, 8])];
    const output = multiHeadAttention(q, k, v, 2, 0.5);
    const rewritten = Object.values(forWebgpu({ output }));
    expect(sortNodes(rewritten).map(({ op }) => op)).not.toContain('MultiHeadAttention');
    expect(largestTensor(rewritten)).toBeLessThanOrEqual(128 * 2 ** 20);
    const [expected, found] = await both({ output }, feeds);
    expected.output!.data.forEach((value, i) =>
      expect(Math.abs(Number(found.output!.data[i]) - Number(value))).toBeLessThan(1e-5),
    );
  });

  it('counts in 32 bits, but for shapes', async () => {
    const ids = input('ids', [2, 3], 'int64');
    const known = where(less(ids, 5), ids, filled([], 0, 'int64'));
    const rows = reshape(gather(input('table', [5, 4]), known), [6, 4]);
    const outputs = {
      rows,
      numbers: cast(reshape(known, [6]), 'float32'),
      same: maskGradient(rows, filled([1, 4], 0)),
    };
    const nodes = sortNodes(Object.values(forWebgpu(outputs)));
    expect(nodes.flatMap((node) => node.outputs.map(({ dtype }) => dtype))).not.toContain('int64');
    const [expected, found] = await both(outputs, {
      ids: int64([2, 3], [0, 1, 4, 5, 6, 2]),
      table: draw('table', [5, 4]),
    });
    expect(found).toEqual(expected);
  });
});
