import { describe, expect, it } from 'vitest';
import { graphCost } from '../../../native-runtime/graph/cost';
import { conv, convTranspose } from '../../../native-runtime/graph/operators/convolve';
import { add, mul } from '../../../native-runtime/graph/operators/elementwise';
import { reshape } from '../../../native-runtime/graph/operators/layout';
import { gemm, matMul, multiHeadAttention } from '../../../native-runtime/graph/operators/matrix';
import { OwnGraphs } from '../../../native-runtime/graph/operators/ownGraph';
import { apply1, input } from '../../../native-runtime/graph/tensor';

describe('floating-point operations', () => {
  const a = input('a', [2, 5, 7]);
  const x = input('x', [1, 3, 8, 8]);
  const w = input('w', [4, 3, 3, 3]);
  it.each([
    ['MatMul', matMul(a, input('b', [7, 11])), 2 * 2 * 5 * 7 * 11],
    ['Gemm', gemm(input('g', [5, 7]), input('h', [11, 7]), undefined, { transB: true }), 2 * 5 * 7 * 11],
    ['Gemm, transposed', gemm(input('k', [7, 5]), input('l', [7, 11]), undefined, { transA: true }), 2 * 5 * 7 * 11],
    [
      'FusedMatMul, transposed',
      apply1(
        'FusedMatMul',
        [input('m', [3, 7, 5]), input('n', [3, 7, 11])],
        [3, 5, 11],
        { transA: 1 },
        'com.microsoft',
      ),
      3 * 2 * 5 * 7 * 11,
    ],
    ['Conv', conv(x, w, undefined, { stride: 2, padding: [1, 1, 1, 1] }), 2 * 4 * 4 * 4 * 3 * 9],
    [
      'ConvTranspose',
      convTranspose(input('y', [1, 4, 4, 4]), w, 8, 8, { stride: 2, padding: [1, 1, 1, 1] }),
      2 * 4 * 4 * 4 * 3 * 9,
    ],
    [
      'attention',
      multiHeadAttention(input('q', [1, 6, 8]), input('kk', [1, 9, 8]), input('v', [1, 9, 8]), 2, 1),
      4 * 6 * 8 * 9,
    ],
    ['Add', add(a, a), 0],
  ])('of %s', (_, tensor, flops) => {
    expect(graphCost([tensor]).flops).toBe(flops);
  });
});

describe('kinds of work', () => {
  it('are told apart: convolutions, other products, and bytes that are moved; views cost nothing', () => {
    const x = input('x', [1, 3, 8, 8]);
    const convolved = conv(x, input('w', [4, 3, 1, 1]), undefined, {});
    const flat = reshape(convolved, [4, 64]);
    const product = matMul(flat, input('m', [64, 2]));
    const { flops, convolutionFlops, movedBytes, nodes } = graphCost([add(product, product)]);
    expect({ flops, convolutionFlops, movedBytes, nodes }).toEqual({
      flops: 2 * 4 * 64 * 3 + 2 * 4 * 2 * 64,
      convolutionFlops: 2 * 4 * 64 * 3,
      movedBytes: 3 * 4 * 8,
      nodes: 3,
    });
  });
});

describe('memory between operators', () => {
  const x = input('x', [100]);
  it('of a chain is two results at a time', () => {
    let y = x;
    for (let i = 0; i < 10; i++) y = mul(y, y);
    expect(graphCost([y]).peakBytes).toBe(2 * 400);
  });

  it('keeps what is read later, as a backward pass does', () => {
    const layers = [mul(x, x)];
    for (let i = 0; i < 9; i++) layers.push(mul(layers.at(-1)!, layers.at(-1)!));
    const backward = [...layers].reverse().reduce((sum, layer) => mul(sum, layer));
    expect(graphCost([backward]).peakBytes).toBeGreaterThanOrEqual(10 * 400);
  });

  it('counts a view and what it shows once', () => {
    const y = mul(x, x);
    expect(graphCost([reshape(y, [10, 10])]).peakBytes).toBe(400);
  });
});

describe('a graph that is run for another', () => {
  it('is what is counted, what its branches compute included; memory is that of the other one', () => {
    const [a, b] = [input('a', [6, 7]), input('b', [7, 5])];
    const asked = matMul(a, b);
    const run = new OwnGraphs(a).compute([a, b], (inside) => matMul(inside(a), reshape(inside(b), [7, 5])));
    const alone = graphCost([asked]);
    const { flops, peakBytes, nodes } = graphCost([asked], [run]);
    expect({ flops, peakBytes }).toEqual({ flops: alone.flops, peakBytes: alone.peakBytes });
    expect(nodes).toBeGreaterThan(alone.nodes);
  });
});
