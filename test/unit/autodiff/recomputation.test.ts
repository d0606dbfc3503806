import { describe, expect, test } from 'vitest';
import { gradients } from '../../../native-runtime/autodiff/gradients';
import { Session } from '../../../native-runtime/device/session';
import { executionOrder, peakMemory } from '../../../native-runtime/graph/memory';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import { mul, tanh } from '../../../native-runtime/graph/operators/elementwise';
import { blockEnd } from '../../../native-runtime/graph/operators/layout';
import { gemm } from '../../../native-runtime/graph/operators/matrix';
import { after, readiness } from '../../../native-runtime/graph/operators/order';
import { reduceSum } from '../../../native-runtime/graph/operators/reduce';
import { input, type Tensor } from '../../../native-runtime/graph/tensor';
import { float32, int64 } from '../../../native-runtime/tensorData';

const [rows, width, depth] = [64, 32, 6];

/** Blocks of three layers each; the first weights of every block learn. */
function chain() {
  const x = input('x', [rows, width]);
  const weights = Array.from({ length: depth }, (_, i) => input(`w${i}`, [width, width]));
  let y: Tensor = x;
  for (const weight of weights) y = blockEnd(mul(tanh(gemm(tanh(tanh(y)), weight)), y));
  return { x, weights, loss: reduceSum(mul(y, y), [0, 1]) };
}

const feeds = () => ({
  x: float32(
    [rows, width],
    Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)),
  ),
  ...Object.fromEntries(
    Array.from({ length: depth }, (_, block) => [
      `w${block}`,
      float32(
        [width, width],
        Float32Array.from({ length: width * width }, (_, i) => Math.cos(i * (block + 1))),
      ),
    ]),
  ),
});

async function run(outputs: Record<string, Tensor>) {
  const session = await Session.create(outputs, { threads: 1 });
  try {
    return await session.run(feeds());
  } finally {
    await session.release();
  }
}

const named = (tensors: readonly Tensor[]) => Object.fromEntries(tensors.map((tensor, i) => [`g${i}`, tensor]));

describe('blocks that are computed again', () => {
  const { weights, loss } = chain();
  const plain = gradients(loss, weights);
  const again = gradients(loss, weights, { recompute: true });
  const count = (tensors: Tensor[], op: string) => sortNodes(tensors).filter((node) => node.op === op).length;

  test('give the same numbers, bit for bit', async () => {
    expect(await run(named(again))).toEqual(await run(named(plain)));
  });

  test('are all in the graph twice, but for products that no gradient reads', () => {
    expect(count([loss, ...plain], 'Tanh')).toBe(3 * depth);
    expect(count([loss, ...again], 'Tanh')).toBe(6 * depth);
  });

  test('are not computed before the gradient of their end is there', () => {
    const order = executionOrder([loss, ...again]);
    const forward = new Set(sortNodes([loss]));
    const weightGradients = order.flatMap((node, i) => (node.op === 'Gemm' && node.attributes.transA === 1 ? [i] : []));
    const copies = order.flatMap((node, i) =>
      node.op === 'Gemm' && !node.attributes.transB && isCopy(node.inputs[1]!) && !forward.has(node) ? [i] : [],
    );
    expect(weightGradients).toHaveLength(depth);
    expect(copies).toHaveLength(depth);
    // The gradient of a block's weight comes before the next block's copies.
    for (let i = 1; i < depth; i++) expect(copies[i]!).toBeGreaterThan(weightGradients[i - 1]!);

    function isCopy(weight: Tensor) {
      return weights.includes(weight);
    }
  });

  test('take less memory', () => {
    expect(peakMemory([loss, ...again])).toBeLessThan(0.75 * peakMemory([loss, ...plain]));
  });

  test('leave what several blocks read as it is', () => {
    const [x, w] = [input('x', [4, 4]), input('w', [4, 4])];
    const shared = tanh(gemm(x, w));
    const first = blockEnd(mul(tanh(shared), x));
    const loss = reduceSum(mul(blockEnd(mul(tanh(first), shared)), x), [0, 1]);
    const nodes = sortNodes([loss, ...gradients(loss, [w], { recompute: true })]);
    expect(nodes.filter((node) => node.op === 'Gemm' && !node.attributes.transA)).toHaveLength(1);
    expect(nodes.filter((node) => node.op === 'Tanh')).toHaveLength(5);
  });
});

describe('one tensor after another', () => {
  test.each([
    ['float32', float32([4], [-0, 0, Infinity, 1e-45])],
    ['int64', int64([2, 1], [1, -7])],
  ] as const)('%s values are unchanged, −0 and infinities too, whatever the other is', async (dtype, value) => {
    for (const other of [NaN, Infinity, -0, 5]) {
      const [x, y] = [input('x', value.shape, dtype), input('y', [3])];
      const session = await Session.create({ z: after(x, readiness([y])) }, { threads: 1 });
      const { z } = await session.run({ x: value, y: float32([3], [other, 1, 2]) });
      await session.release();
      expect(z!.data).toEqual(value.data);
      expect(z!.shape).toEqual(value.shape);
    }
  });
});
