import type { Dtype } from '../../tensorData';
import { apply, apply1, filled, type Tensor } from '../tensor';
import { broadcastShape } from '../broadcast';

/** A tensor, or a number that stands for a scalar of the other operand's dtype. */
export type Operand = Tensor | number;

function binary(op: string, a: Operand, b: Operand, dtype?: Dtype): Tensor {
  if (typeof a === 'number' && typeof b === 'number') throw new TypeError(`${op} of two numbers`);
  const left = typeof a === 'number' ? filled([], a, (b as Tensor).dtype) : a;
  const right = typeof b === 'number' ? filled([], b, left.dtype) : b;
  if (left.dtype !== right.dtype) throw new TypeError(`${op}: ${left.dtype} with ${right.dtype}`);
  const shape = broadcastShape(left.shape, right.shape);
  return apply(op, [left, right], [{ shape, dtype: dtype ?? left.dtype }])[0]!;
}

const unary = (op: string, x: Tensor) => apply1(op, [x], x.shape);

/** a + b, with broadcasting. */
export const add = (a: Operand, b: Operand) => binary('Add', a, b);
/** a − b, with broadcasting. */
export const sub = (a: Operand, b: Operand) => binary('Sub', a, b);
/** a · b, element by element, with broadcasting. */
export const mul = (a: Operand, b: Operand) => binary('Mul', a, b);
/** a / b, with broadcasting. */
export const div = (a: Operand, b: Operand) => binary('Div', a, b);
/** a to the power of b; the exponent gets no gradient. */
export const pow = (a: Tensor, b: Operand) => binary('Pow', a, b);
/** The smaller of a and b. */
export const minimum = (a: Tensor, b: Operand) => binary('Min', a, b);
/** The larger of a and b. */
export const maximum = (a: Tensor, b: Operand) => binary('Max', a, b);
/** a = b, as bool. */
export const equal = (a: Tensor, b: Operand) => binary('Equal', a, b, 'bool');
/** a < b, as bool. */
export const less = (a: Tensor, b: Operand) => binary('Less', a, b, 'bool');

/** −x. */
export const neg = (x: Tensor) => unary('Neg', x);
/** eˣ. */
export const exp = (x: Tensor) => unary('Exp', x);
/** Natural logarithm. */
export const log = (x: Tensor) => unary('Log', x);
/** Square root. */
export const sqrt = (x: Tensor) => unary('Sqrt', x);
/** |x|. */
export const abs = (x: Tensor) => unary('Abs', x);
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: Tensor) => unary('Sigmoid', x);
/** Hyperbolic tangent. */
export const tanh = (x: Tensor) => unary('Tanh', x);
/** The error function. */
export const erf = (x: Tensor) => unary('Erf', x);
/** sin x. */
export const sin = (x: Tensor) => unary('Sin', x);
/** cos x. */
export const cos = (x: Tensor) => unary('Cos', x);
/** max(x, 0). */
export const relu = (x: Tensor) => unary('Relu', x);
/** −1, 0 or 1. */
export const sign = (x: Tensor) => unary('Sign', x);

/** x · sigmoid(alpha · x): SiLU with alpha 1, CLIP's quick GELU with 1.702. One fused kernel on every device. */
export function quickGelu(x: Tensor, alpha: number): Tensor {
  return apply1('QuickGelu', [x], x.shape, { alpha: { float: alpha } }, 'com.microsoft');
}

/** The exact GELU, x · Φ(x) with the normal distribution function Φ. */
export function gelu(x: Tensor): Tensor {
  return apply1('Gelu', [x], x.shape, {}, 'com.microsoft');
}

/** condition ? a : b, with broadcasting; the condition is bool. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  if (condition.dtype !== 'bool' || a.dtype !== b.dtype)
    throw new TypeError(`where ${condition.dtype}: ${a.dtype} or ${b.dtype}`);
  const shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape));
  return apply('Where', [condition, a, b], [{ shape, dtype: a.dtype }])[0]!;
}

/** Changes the dtype; the same tensor when it has it already. */
export function cast(x: Tensor, dtype: Dtype): Tensor {
  if (x.dtype === dtype) return x;
  return apply('Cast', [x], [{ shape: x.shape, dtype }], { to: onnxType[dtype] })[0]!;
}

/** ONNX element type numbers. */
export const onnxType: Record<Dtype, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
};
