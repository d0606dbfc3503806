import { describe, expect, test } from 'vitest';
import { gradients } from '../../../native-runtime/autodiff/gradients';
import { rules } from '../../../native-runtime/autodiff/rules';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import { mul } from '../../../native-runtime/graph/operators/elementwise';
import { maskGradient } from '../../../native-runtime/graph/operators/layout';
import { input, type Tensor } from '../../../native-runtime/graph/tensor';
import { RandomStream } from '../../../native-runtime/random';
import { elementCount } from '../../../native-runtime/tensorData';
import { evaluate, type Feeds } from '../../support/evaluate';
import { buildCase, nameOf, weightedSum } from '../../support/ruleCase';
import { ruleCases } from './cases/all';

/** Shapes of a value and of the mask on its gradient. */
const maskShapes: [number[], number[]][] = [
  [[4], [4]],
  [
    [2, 3],
    [2, 1],
  ],
  [[2, 3, 2], [2]],
  [
    [2, 3, 2],
    [3, 1],
  ],
];

describe('the table of gradient rules', () => {
  test.each(Object.keys(rules))('%s is proved on at least three shapes', (op) => {
    const shapes =
      op === 'MaskGradient' ? maskShapes : (ruleCases[op] ?? []).map(({ inputs }) => inputs.map(({ shape }) => shape));
    expect(new Set(shapes.map((s) => JSON.stringify(s))).size).toBeGreaterThanOrEqual(3);
  });

  test('every case applies the operator it is listed under, once or more', () => {
    for (const [op, cases] of Object.entries(ruleCases))
      for (const ruleCase of cases)
        expect(
          sortNodes([buildCase(ruleCase).output]).map((node) => node.op),
          ruleCase.title,
        ).toContain(op);
  });

  test('no case is listed for an operator without a rule', () => {
    expect(Object.keys(ruleCases).filter((op) => !(op in rules))).toEqual([]);
  });
});

describe.each(Object.keys(ruleCases))('the gradient of %s equals finite differences', (op) => {
  test.each(ruleCases[op]!.map((ruleCase) => [ruleCase.title, ruleCase] as const))('%s', (_, ruleCase) => {
    const { inputs, targets, loss, values } = buildCase(ruleCase);
    const analytic = evaluate(gradients(loss, targets), values);
    targets.forEach((target, i) => {
      const numeric = finiteDifferences(loss, values, nameOf(inputs.indexOf(target)));
      expect(analytic[i]!.shape).toEqual(target.shape);
      expectClose(analytic[i]!.data, numeric);
    });
    const sizes = analytic.map(({ data }) => largest(data));
    expect(Math.max(...sizes), 'gradients that are all zero prove nothing').toBeGreaterThan(1e-3);
  });
});

describe('both ways to the gradient of a convolution input', () => {
  const isLarge = (title: string) => title.startsWith('[1, 1, 23, 24]');
  const opsOf = (part: 'weight from a file' | 'weight fed', large = false) => {
    const sameSize = ruleCases['Conv']!.filter(
      ({ title }) => title.includes('stride 1, padding [1, 1, 1, 1]') && isLarge(title) === large,
    );
    const chosen = sameSize.filter(({ inputs }) => Boolean(inputs[1]!.file) === (part === 'weight from a file'));
    expect(chosen.length).toBeGreaterThan(0);
    return chosen.flatMap((c) => {
      const { inputs, loss } = buildCase(c);
      return newNodes(gradients(loss, [inputs[0]!]), loss).map((node) => node.op);
    });
  };
  test('a weight in a file is used as it is, transposed', () => {
    expect(opsOf('weight from a file')).toContain('ConvTranspose');
    expect(opsOf('weight from a file')).not.toContain('Slice');
  });
  test('a weight in a file that is small beside its pictures is rotated', () => {
    expect(opsOf('weight from a file', true)).not.toContain('ConvTranspose');
    // By a product; read backwards by Slice it takes several times as long.
    expect(opsOf('weight from a file', true)).toContain('Gemm');
    expect(opsOf('weight from a file', true)).not.toContain('Slice');
  });
  test('a trained weight is rotated', () => {
    expect(opsOf('weight fed')).not.toContain('ConvTranspose');
    expect(opsOf('weight fed')).toContain('Conv');
  });
});

describe('a masked gradient', () => {
  test.each(maskShapes)('of %j by %j: the value is unchanged, the gradient is multiplied', (shape, maskShape) => {
    const random = new RandomStream(3, 'mask');
    const feeds: Feeds = {
      x: { shape, data: random.normals(elementCount(shape)) },
      mask: { shape: maskShape, data: Array.from({ length: elementCount(maskShape) }, (_, i) => (i % 3) / 2) },
    };
    const [x, mask] = [input('x', shape), input('mask', maskShape)];
    const masked = maskGradient(x, mask);
    const lossOf = (y: Tensor) => weightedSum(mul(y, y), 'masked');
    const [value, gradient, unmasked, expected] = evaluate(
      [
        masked,
        gradients(lossOf(masked), [x])[0]!,
        gradients(lossOf(x), [x])[0]!,
        mul(gradients(lossOf(x), [x])[0]!, mask),
      ],
      feeds,
    );
    expect([...value!.data]).toEqual([...(feeds['x']!.data as Float32Array)]);
    expect(gradient!.data).toEqual(expected!.data);
    expect(gradient!.data).not.toEqual(unmasked!.data);
  });
});

/** The nodes that the tensors need and the loss does not. */
function newNodes(tensors: Tensor[], loss: Tensor) {
  const forward = new Set(sortNodes([loss]));
  return sortNodes(tensors).filter((node) => !forward.has(node));
}

/** Central differences of the loss, element by element: their own error is near 1e-10. */
function finiteDifferences(loss: Tensor, feeds: Feeds, name: string): Float64Array {
  const { shape, data } = feeds[name]!;
  const step = 1e-5;
  const at = (element: number, change: number) => {
    const moved = Float64Array.from(data, Number);
    moved[element]! += change;
    return evaluate([loss], { ...feeds, [name]: { shape, data: moved } })[0]!.data[0]!;
  };
  return Float64Array.from(data, (_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}

const largest = (values: Float64Array) => Math.max(...values.map(Math.abs));

function expectClose(actual: Float64Array, expected: Float64Array): void {
  const tolerance = 1e-6 * largest(expected) + 1e-9;
  actual.forEach((value, i) =>
    expect(Math.abs(value - expected[i]!), `element ${i}: ${value} against ${expected[i]}`).toBeLessThan(tolerance),
  );
}
