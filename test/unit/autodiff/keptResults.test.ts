import { describe, expect, test } from 'vitest';
import { gradients } from '../../../native-runtime/autodiff/gradients';
import { executionOrder } from '../../../native-runtime/graph/memory';
import { add, gelu, mul, tanh } from '../../../native-runtime/graph/operators/elementwise';
import { gemm, multiHeadAttention } from '../../../native-runtime/graph/operators/matrix';
import { reshape } from '../../../native-runtime/graph/operators/layout';
import { reduceSum } from '../../../native-runtime/graph/operators/reduce';
import { input, type Node, type Tensor } from '../../../native-runtime/graph/tensor';
import { silu } from '../../../native-runtime/nn/layers';

const [rows, width, layers] = [6, 8, 3];
const weight = (name: string) => input(name, [width, width]);

/** What is run of a chain of layers with a tail, and of the gradient of what stands before them, in the order of ONNX Runtime. */
function runOf(layer: (x: Tensor, i: number) => Tensor): { order: Node[]; forward: number } {
  const start = weight('start');
  const times = <T>(count: number, first: T, next: (x: T, i: number) => T) =>
    Array.from({ length: count }).reduce<T>((x, _, i) => next(x, i), first);
  const last = times(layers, gemm(input('x', [rows, width]), start), layer);
  const loss = reduceSum(times(8, last, tanh), [0, 1]);
  const order = executionOrder([loss, ...gradients(loss, [start])]);
  return { order, forward: order.indexOf((last.source as Tensor['source'] & { kind: 'node' }).node) };
}

/** Operators whose results are made before the last layer is done and read by a gradient, or made for one. */
function kept({ order, forward }: ReturnType<typeof runOf>): string[] {
  const before = new Map(order.slice(0, forward).flatMap((node) => node.outputs.map((output) => [output, node.op])));
  const read = new Set(order.slice(forward + 1).flatMap(({ inputs }) => inputs));
  return [...before].filter(([output]) => read.has(output)).map(([, op]) => op);
}

describe('what a gradient reads of the forward pass', () => {
  test('of a gate are its two factors, not its GELU', () => {
    const gated = (x: Tensor, i: number) => mul(gemm(x, weight(`a${i}`)), gelu(gemm(x, weight(`b${i}`))));
    expect(kept(runOf(gated))).toEqual(Array.from({ length: 2 * layers }, () => 'Gemm'));
  });
  test('of SiLU is its input alone', () => {
    const activated = (x: Tensor, i: number) => silu(gemm(x, weight(`a${i}`)));
    expect(kept(runOf(activated))).toEqual(Array.from({ length: layers }, () => 'Gemm'));
  });
  test('of attention are its three inputs, while its scores are computed again when they are needed', () => {
    const attending = (x: Tensor, i: number) => {
      const [q, k, v] = ['q', 'k', 'v'].map((name) => reshape(gemm(x, weight(`${name}${i}`)), [1, rows, width]));
      return add(x, reshape(multiHeadAttention(q!, k!, v!, 2, 0.5), [rows, width]));
    };
    const { order, forward } = runOf(attending);
    const softmaxes = order.flatMap(({ op }, i) => (op === 'Softmax' ? [i] : []));
    expect(softmaxes).toHaveLength(layers);
    expect(Math.min(...softmaxes)).toBeGreaterThan(forward);
    // Before the scores of a layer come the gradients of the layer behind it.
    const products = order.flatMap(({ op }, i) => (op === 'Gemm' && i > forward ? [i] : []));
    for (let i = 1; i < layers; i++)
      expect(products.filter((at) => at > softmaxes[i - 1]! && at < softmaxes[i]!)).toHaveLength(3);
  });
});
