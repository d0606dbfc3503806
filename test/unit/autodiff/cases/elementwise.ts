import * as ops from '../../../../native-runtime/graph/operators/elementwise';
import type { Tensor } from '../../../../native-runtime/graph/tensor';
import { type RuleCase, x } from '../../../support/ruleCase';

type Range = readonly [number, number];
const positive: Range = [0.5, 3];
const signed: Range = [-2, 2];

const shapes = [[], [5], [2, 3], [2, 1, 4]];
const unary = (op: (x: Tensor) => Tensor, range: Range = signed): RuleCase[] =>
  shapes.map((shape) => ({ title: `[${shape.join(', ')}]`, inputs: [x(shape, range)], build: (a) => op(a!) }));

const pairs: [number[], number[]][] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[], [2, 2]],
  [
    [1, 3],
    [2, 3],
  ],
  [
    [1, 1],
    [1, 1],
  ],
];
/** Every way of broadcasting, each operand in each role. */
const binary = (op: (a: Tensor, b: Tensor) => Tensor, rangeA = signed, rangeB = signed): RuleCase[] =>
  pairs
    .flatMap(([a, b]): [number[], number[]][] => [
      [a, b],
      [b, a],
    ])
    .map(([a, b], i) => ({
      title: `${i}: [${a.join(', ')}] with [${b.join(', ')}]`,
      inputs: [x(a, rangeA), x(b, rangeB)],
      build: (left, right) => op(left!, right!),
    }));

/** A number instead of a tensor on one side. */
const number = (title: string, build: (a: Tensor) => Tensor, range = signed): RuleCase => ({
  title,
  inputs: [x([2, 3], range)],
  build: (a) => build(a!),
});

const powers = (shapeA: number[], shapeB: number[]): RuleCase => ({
  title: `[${shapeA.join(', ')}] to the [${shapeB.join(', ')}]`,
  inputs: [x(shapeA, positive), { ...x(shapeB), fixed: true }],
  build: (a, b) => ops.pow(a!, b!),
});

const choice = (condition: number[], a: number[], b: number[]): RuleCase => ({
  title: `[${condition.join(', ')}] ? [${a.join(', ')}] : [${b.join(', ')}]`,
  inputs: [{ ...x(condition), fixed: true }, x(a), x(b)],
  build: (c, left, right) => ops.where(ops.less(c!, 0), left!, right!),
});

/** Cases of the operators that work element by element. */
export const elementwiseCases: Record<string, RuleCase[]> = {
  Add: [...binary(ops.add), number('a + 2', (a) => ops.add(a, 2)), number('2 + a', (a) => ops.add(2, a))],
  Sub: [...binary(ops.sub), number('a - 2', (a) => ops.sub(a, 2)), number('2 - a', (a) => ops.sub(2, a))],
  Mul: [
    ...binary(ops.mul),
    number('a · 3', (a) => ops.mul(a, 3)),
    number('a · a', (a) => ops.mul(a, a)),
    ...binary((a, b) => ops.mul(a, ops.gelu(b))).map((c) => ({ ...c, title: `a · gelu(b) ${c.title}` })),
    number('gelu(a) · a', (a) => ops.mul(ops.gelu(a), a)),
  ],
  Div: [
    ...binary(ops.div, signed, positive),
    number('a / 3', (a) => ops.div(a, 3)),
    number('3 / a', (a) => ops.div(3, a), positive),
  ],
  Pow: [
    powers([2, 3], [2, 3]),
    powers([2, 3], [3]),
    powers([3], [2, 3]),
    powers([2, 1], []),
    number('a cubed, a of either sign', (a) => ops.pow(a, 3)),
    number('the square of negative numbers', (a) => ops.pow(a, 2), [-2, -1]),
  ],
  Min: [...binary(ops.minimum), number('min(a, 0.5)', (a) => ops.minimum(a, 0.5))],
  Max: [...binary(ops.maximum), number('max(a, 0.5)', (a) => ops.maximum(a, 0.5))],
  Neg: unary(ops.neg),
  Exp: unary(ops.exp),
  Log: unary(ops.log, positive),
  Sqrt: unary(ops.sqrt, positive),
  Abs: unary(ops.abs),
  Sigmoid: unary(ops.sigmoid, [-4, 4]),
  Tanh: unary(ops.tanh),
  Erf: unary(ops.erf),
  Sin: unary(ops.sin, [-4, 4]),
  Cos: unary(ops.cos, [-4, 4]),
  Relu: unary(ops.relu),
  QuickGelu: [
    ...unary((a) => ops.quickGelu(a, 1), [-4, 4]),
    ...unary((a) => ops.quickGelu(a, 1.702), [-4, 4]).map((c) => ({ ...c, title: `alpha 1.702 ${c.title}` })),
  ],
  Gelu: unary(ops.gelu, [-3, 3]),
  Where: [
    choice([2, 3], [2, 3], [2, 3]),
    choice([3], [2, 3], [2, 1]),
    choice([2, 1, 3], [4, 1], []),
    choice([4], [4], [2, 4]),
  ],
  Cast: [[5], [2, 3], [2, 1, 4]].map((shape) => ({
    title: `to float64 and back [${shape.join(', ')}]`,
    inputs: [x(shape)],
    build: (a) => ops.cast(ops.mul(ops.cast(a!, 'float64'), 3), 'float32'),
  })),
};

/** Cases of operators without a gradient. */
export const comparisonCases: Record<string, RuleCase[]> = {
  Equal: [
    {
      title: 'indices with a range',
      inputs: [
        { shape: [3, 1], dtype: 'int64', values: [2, 0, 3] },
        { shape: [4], dtype: 'int64', values: [0, 1, 2, 3] },
      ],
      build: (a, b) => ops.equal(a!, b!),
    },
    {
      title: 'whole numbers in float32',
      inputs: [{ shape: [4], values: [1, 2, 1, -1] }],
      build: (a) => ops.equal(a!, 1),
    },
  ],
  Less: binary(ops.less),
  Sign: [{ title: 'both signs and zero', inputs: [{ shape: [3], values: [-2, 0, 0.5] }], build: (a) => ops.sign(a!) }],
  Cast: [
    { title: 'to int64', inputs: [{ shape: [4], values: [-1.7, 1.7, 0, 3] }], build: (a) => ops.cast(a!, 'int64') },
    { title: 'to bool', inputs: [{ shape: [3], values: [-1, 0, 0.5] }], build: (a) => ops.cast(a!, 'bool') },
    {
      title: 'int64 to float32',
      inputs: [{ shape: [3], dtype: 'int64', values: [-7, 0, 12345] }],
      build: (a) => ops.cast(a!, 'float32'),
    },
    {
      title: 'through float16, values it holds exactly',
      inputs: [{ shape: [4], values: [-1.5, 0, 2048, 0.0009765625] }],
      build: (a) => ops.cast(ops.cast(a!, 'float16'), 'float32'),
    },
  ],
};
