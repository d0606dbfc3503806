import type { Dtype } from '../../../native-runtime/tensorData';
import { erf } from './erf';
import { type Call, commonShape, float, integer, type Kernel, make, readBroadcast, required } from './value';

const unary =
  (f: (x: number, call: Call) => number): Kernel =>
  (call) => {
    const { shape, dtype, data } = required(call, 0);
    return [{ shape, dtype, data: data.map((x) => f(x, call)) }];
  };

const binary =
  (f: (a: number, b: number) => number, dtype?: Dtype): Kernel =>
  (call) => {
    const [a, b] = [required(call, 0), required(call, 1)];
    if (a.dtype !== b.dtype) throw new TypeError(`${a.dtype} with ${b.dtype}`);
    const shape = commonShape(a.shape, b.shape);
    return [make(shape, dtype ?? a.dtype, (index) => f(readBroadcast(a, index), readBroadcast(b, index)))];
  };

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

const dtypeOfNumber = new Map<number, Dtype>([
  [1, 'float32'],
  [2, 'uint8'],
  [3, 'int8'],
  [5, 'int16'],
  [6, 'int32'],
  [7, 'int64'],
  [9, 'bool'],
  [10, 'float16'],
  [11, 'float64'],
  [16, 'bfloat16'],
]);

/** Conversions between floating types keep all digits here: the reference has one precision. */
const cast: Kernel = (call) => {
  const { shape, data } = required(call, 0);
  const dtype = dtypeOfNumber.get(integer(call, 'to'))!;
  if (dtype === 'bool') return [{ shape, dtype, data: data.map((x) => Number(x !== 0)) }];
  return [{ shape, dtype, data: dtype.includes('float') ? data.slice() : data.map(Math.trunc) }];
};

const where: Kernel = (call) => {
  const [condition, a, b] = [required(call, 0), required(call, 1), required(call, 2)];
  if (condition.dtype !== 'bool' || a.dtype !== b.dtype) throw new TypeError('Where of unequal dtypes');
  const shape = commonShape(condition.shape, a.shape, b.shape);
  return [make(shape, a.dtype, (index) => readBroadcast(readBroadcast(condition, index) ? a : b, index))];
};

/** Operators that work element by element. */
export const elementwiseKernels: Record<string, Kernel> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Pow: binary((a, b) => a ** b),
  Min: binary(Math.min),
  Max: binary(Math.max),
  Equal: binary((a, b) => Number(a === b), 'bool'),
  Less: binary((a, b) => Number(a < b), 'bool'),
  Neg: unary((x) => -x),
  Exp: unary((x) => Math.exp(x)),
  Log: unary((x) => Math.log(x)),
  Sqrt: unary((x) => Math.sqrt(x)),
  Abs: unary((x) => Math.abs(x)),
  Sigmoid: unary(logistic),
  Tanh: unary((x) => Math.tanh(x)),
  Erf: unary(erf),
  Sin: unary((x) => Math.sin(x)),
  Cos: unary((x) => Math.cos(x)),
  Relu: unary((x) => Math.max(x, 0)),
  Sign: unary((x) => Math.sign(x)),
  QuickGelu: unary((x, call) => x * logistic(float(call, 'alpha') * x)),
  Gelu: unary((x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))),
  Cast: cast,
  Where: where,
};
