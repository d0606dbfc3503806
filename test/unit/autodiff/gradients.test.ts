import { describe, expect, test } from 'vitest';
import { gradients } from '../../../native-runtime/autodiff/gradients';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import { conv } from '../../../native-runtime/graph/operators/convolve';
import * as ops from '../../../native-runtime/graph/operators/elementwise';
import { gather, maskGradient } from '../../../native-runtime/graph/operators/layout';
import { gemm } from '../../../native-runtime/graph/operators/matrix';
import { layerNormalization } from '../../../native-runtime/graph/operators/normalise';
import { reduceMax, reduceMean, reduceSum } from '../../../native-runtime/graph/operators/reduce';
import { fileTensor, input, type Tensor } from '../../../native-runtime/graph/tensor';
import { evaluate } from '../../support/evaluate';

const scalarOf = (x: Tensor) =>
  reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );

/** The operators that the gradients add to the loss's own, sorted by name. */
function added(loss: Tensor, targets: Tensor[]): string[] {
  const forward = new Set(sortNodes([loss]));
  return sortNodes(gradients(loss, targets))
    .filter((node) => !forward.has(node))
    .map((node) => node.op)
    .sort();
}

/** Two linear layers with a non-linearity between: x [3, 4] → [3, 5] → [3, 2]. */
function twoLayers() {
  const [x, first, second] = [input('x', [3, 4]), input('first', [4, 5]), input('second', [5, 2])];
  const hidden = gemm(x, first);
  const active = ops.tanh(hidden);
  const output = gemm(active, second);
  return { x, first, second, hidden, active, output, loss: scalarOf(ops.mul(output, output)) };
}

describe('the walk visits only what lies between the loss and the targets', () => {
  const { x, first, second, active, loss } = twoLayers();

  test('the last layer alone costs one matrix product', () => {
    expect(added(loss, [second]).filter((op) => op === 'Gemm')).toHaveLength(1);
    expect(added(loss, [second])).not.toContain('Sub');
  });
  test('the first layer alone costs two: the frozen second one has no weight gradient', () => {
    expect(added(loss, [first]).filter((op) => op === 'Gemm')).toHaveLength(2);
  });
  test('both layers cost three, shared parts once', () => {
    expect(added(loss, [first, second]).filter((op) => op === 'Gemm')).toHaveLength(3);
    expect(added(loss, [first, second])).toHaveLength(
      added(loss, [first]).length + 1, // the second weight's product
    );
  });
  test('everything, the input included, costs four', () => {
    expect(added(loss, [x, first, second]).filter((op) => op === 'Gemm')).toHaveLength(4);
  });
  test('a target in the middle ends the walk there', () => {
    expect(added(loss, [active]).filter((op) => op === 'Gemm')).toHaveLength(1);
    expect(added(loss, [active])).not.toContain('Sub');
  });
  test('a frozen convolution weight costs nothing', () => {
    const slice = { path: 'weights', byteOffset: 0, byteLength: 0 };
    const [picture, frozen] = [input('picture', [1, 2, 4, 4]), fileTensor('frozen', [2, 2, 3, 3], 'float32', slice)];
    const convolved = conv(picture, frozen, undefined, { padding: [1, 1, 1, 1] });
    expect(added(scalarOf(convolved), [picture])).toEqual(['ConvTranspose', 'Expand', 'Reshape']);
  });
  test('twenty thousand nodes in a row do not overflow the stack', () => {
    const start = input('x', [2]);
    let y: Tensor = start;
    for (let i = 0; i < 20_000; i++) y = ops.add(y, 1);
    expect(gradients(scalarOf(y), [start])[0]!.shape).toEqual([2]);
  });
});

describe('values', () => {
  const feeds = {
    x: { shape: [3], data: [0.5, -1, 2] },
    y: { shape: [3], data: [3, 4, 5] },
    table: { shape: [3, 1], data: [1, 2, 3] },
    rows: { shape: [2], data: [2, 2] },
  };
  const [x, y] = [input('x', [3]), input('y', [3])];
  const gradientOf = (loss: Tensor, ...targets: Tensor[]) =>
    evaluate(gradients(loss, targets), feeds).map(({ data }) => [...data]);

  test('the loss itself has gradient 1', () => {
    const loss = scalarOf(x);
    expect(gradientOf(loss, loss)).toEqual([[1]]);
  });
  test('a tensor used twice collects both gradients: d(x·y + x)/dx = y + 1', () => {
    expect(gradientOf(scalarOf(ops.add(ops.mul(x, y), x)), x)).toEqual([[4, 5, 6]]);
  });
  test('both operands of one operator: d(x·x)/dx = 2x', () => {
    expect(gradientOf(scalarOf(ops.mul(x, x)), x)).toEqual([[1, -2, 4]]);
  });
  test('two paths that part and meet: d((x + y)·(x − y))/dx = 2x', () => {
    expect(gradientOf(scalarOf(ops.mul(ops.add(x, y), ops.sub(x, y))), x, y)).toEqual([
      [1, -2, 4],
      [-6, -8, -10],
    ]);
  });
  test('a target upstream of another target: both whole', () => {
    const middle = ops.mul(x, 3);
    expect(gradientOf(scalarOf(ops.mul(middle, middle)), x, middle)).toEqual([
      [9, -18, 36],
      [3, -6, 12],
    ]);
  });
  test('targets come back in the order asked for, repeats included', () => {
    const [a, b, again] = gradientOf(scalarOf(ops.mul(x, y)), y, x, y);
    expect([a, b, again]).toEqual([
      [0.5, -1, 2],
      [3, 4, 5],
      [0.5, -1, 2],
    ]);
  });
  test('one of several outputs is used', () => {
    const { output } = layerNormalization(x, y, undefined, 1e-5);
    expect(gradientOf(scalarOf(output), y)[0]).toHaveLength(3);
  });
  test('a row picked twice gets twice the gradient', () => {
    const table = input('table', [3, 1]);
    expect(gradientOf(scalarOf(gather(table, input('rows', [2], 'int64'))), table)).toEqual([[0, 0, 2]]);
  });
  test('the mean over a broadcast product', () => {
    const scale = input('scale', [1]);
    const loss = reduceMean(ops.mul(x, scale), [0]);
    const [value] = evaluate(gradients(loss, [scale]), { ...feeds, scale: { shape: [1], data: [7] } });
    expect(value!.data[0]).toBeCloseTo(0.5, 7);
  });
});

describe('what has no gradient', () => {
  const [x, y] = [input('x', [3]), input('y', [3])];

  test('a target that does not reach the loss is named', () => {
    expect(() => gradients(scalarOf(x), [input('unused.weight', [3])])).toThrow('unused.weight');
  });
  test('an intermediate target that does not reach the loss is described by its shape', () => {
    expect(() => gradients(scalarOf(x), [ops.mul(x, 2)])).toThrow('[3]');
  });
  test('an operator without a rule on the way is named', () => {
    expect(() => gradients(reduceMax(ops.mul(x, 2), [0]), [x])).toThrow('no gradient rule for ReduceMax');
  });
  test('an operator without a rule off the way is no trouble', () => {
    const loss = scalarOf(ops.div(x, reduceMax(y, [0])));
    expect(gradients(loss, [x])[0]!.shape).toEqual([3]);
    expect(() => gradients(loss, [y])).toThrow('ReduceMax');
  });
  test('nothing flows into a condition, so a comparison needs no rule', () => {
    const chosen = ops.where(ops.less(x, 0), ops.mul(x, 2), x);
    const [value] = evaluate(gradients(scalarOf(chosen), [x]), { x: { shape: [3], data: [-1, 2, -3] } });
    expect([...value!.data]).toEqual([2, 1, 2]);
  });
  test('nor through a comparison cast to numbers', () => {
    const positive = ops.cast(ops.less(ops.mul(x, 0), x), 'float32');
    const [value] = evaluate(gradients(scalarOf(ops.mul(x, positive)), [x]), { x: { shape: [3], data: [-1, 2, 3] } });
    expect([...value!.data]).toEqual([0, 1, 1]);
    expect(() => gradients(scalarOf(positive), [x])).toThrow('no gradient reaches x');
  });
  test('an exponent on the way is refused, not skipped', () => {
    expect(() => gradients(scalarOf(ops.pow(x, x)), [x])).toThrow('exponent');
  });
  test('the statistics of a normalisation have no gradient', () => {
    const { output, mean } = layerNormalization(x, y, undefined, 1e-5);
    expect(() => gradients(scalarOf(ops.add(output, mean)), [x])).toThrow('LayerNormalization');
  });
  test('a mask on the gradient is a constant', () => {
    expect(() => gradients(scalarOf(maskGradient(x, y)), [y])).toThrow('no gradient reaches y');
  });
});
