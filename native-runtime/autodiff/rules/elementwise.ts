import { repeatedAxes } from '../../graph/broadcast';
import * as ops from '../../graph/operators/elementwise';
import { reshape } from '../../graph/operators/layout';
import { reduceSum } from '../../graph/operators/reduce';
import { filled, type Tensor } from '../../graph/tensor';
import { floatAttribute, rule, type Rule } from '../rule';
import { computedAgain, geluSlope } from './gelu';

const { add, cast, div, mul, neg, sigmoid, sub, exp } = ops;

/** Sums a gradient over the axes along which `input` was broadcast, back to its shape. */
export function unbroadcast(grad: Tensor, input: Tensor): Tensor {
  return reshape(reduceSum(grad, repeatedAxes(input.shape, grad.shape), true), input.shape);
}

const unary = (derivative: (x: Tensor, y: Tensor, grad: Tensor) => Tensor) =>
  rule(({ inputs, output, grad }) => [() => derivative(inputs[0]!, output, grad)]);

const extremum = (firstWins: (a: Tensor, b: Tensor) => Tensor) =>
  rule(({ inputs: [a, b], grad }) => {
    const first = cast(firstWins(a!, b!), grad.dtype);
    return [(x) => unbroadcast(mul(grad, first), x), (x) => unbroadcast(mul(grad, sub(1, first)), x)];
  });

/** Rules of the operators that work element by element. */
export const elementwiseRules: Record<string, Rule> = {
  Add: rule(({ grad }) => [(x) => unbroadcast(grad, x), (x) => unbroadcast(grad, x)]),
  Sub: rule(({ grad }) => [(x) => unbroadcast(grad, x), (x) => unbroadcast(neg(grad), x)]),
  Mul: rule(({ inputs: [a, b], grad }) => [
    (x) => unbroadcast(mul(grad, computedAgain(b!)), x),
    (x) => unbroadcast(mul(grad, computedAgain(a!)), x),
  ]),
  Div: rule(({ inputs: [, b], output, grad }) => [
    (x) => unbroadcast(div(grad, b!), x),
    (x) => unbroadcast(neg(div(mul(grad, output), b!)), x),
  ]),
  Pow: rule(({ inputs: [a, b], grad }) => [
    (x) => unbroadcast(mul(grad, mul(b!, ops.pow(a!, sub(b!, 1)))), x),
    () => {
      throw new Error('Pow: the exponent gets no gradient');
    },
  ]),
  Min: extremum((a, b) => ops.less(a, b)),
  Max: extremum((a, b) => ops.less(b, a)),
  Neg: unary((_x, _y, grad) => neg(grad)),
  Exp: unary((_x, y, grad) => mul(grad, y)),
  Log: unary((x, _y, grad) => div(grad, x)),
  Sqrt: unary((_x, y, grad) => div(mul(grad, 0.5), y)),
  Abs: unary((x, _y, grad) => mul(grad, ops.sign(x))),
  Sigmoid: unary((_x, y, grad) => mul(grad, mul(y, sub(1, y)))),
  Tanh: unary((_x, y, grad) => mul(grad, sub(1, mul(y, y)))),
  Erf: unary((x, _y, grad) => mul(grad, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  Sin: unary((x, _y, grad) => mul(grad, ops.cos(x))),
  Cos: unary((x, _y, grad) => neg(mul(grad, ops.sin(x)))),
  Relu: unary((x, _y, grad) => mul(grad, cast(ops.less(filled([], 0, x.dtype), x), grad.dtype))),
  // d/dx x·σ(ax) = σ + a·xσ·(1 − σ), from the input alone: what the node gave need not be kept for it.
  QuickGelu: rule(({ node, inputs: [x], grad }) => {
    const alpha = floatAttribute(node, 'alpha');
    return [
      () => {
        const s = sigmoid(alpha === 1 ? x! : mul(x!, alpha));
        const slope = mul(mul(x!, s), sub(1, s));
        return mul(grad, add(s, alpha === 1 ? slope : mul(slope, alpha)));
      },
    ];
  }),
  Gelu: unary((x, _y, grad) => mul(grad, geluSlope(x))),
  Where: rule(({ inputs: [condition], grad }) => {
    const zero = filled([], 0, grad.dtype);
    return [
      undefined,
      (x) => unbroadcast(ops.where(condition!, grad, zero), x),
      (x) => unbroadcast(ops.where(condition!, zero, grad), x),
    ];
  }),
  // Nothing flows through whole numbers and conditions: what made them needs no rule.
  Cast: rule(({ inputs: [x], grad }) => [x!.dtype.includes('float') ? () => cast(grad, x!.dtype) : undefined]),
};
