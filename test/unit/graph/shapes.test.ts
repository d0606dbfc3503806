import { describe, expect, test } from 'vitest';
import { averagePool2, conv, convTranspose } from '../../../native-runtime/graph/operators/convolve';
import * as ops from '../../../native-runtime/graph/operators/elementwise';
import * as layout from '../../../native-runtime/graph/operators/layout';
import { gemm, matMul, multiHeadAttention } from '../../../native-runtime/graph/operators/matrix';
import { layerNormalization } from '../../../native-runtime/graph/operators/normalise';
import { reduceMax, reduceMean, reduceSum } from '../../../native-runtime/graph/operators/reduce';
import { filled, input, integers } from '../../../native-runtime/graph/tensor';

const t = (...shape: number[]) => input('x', shape);
const whole = (...shape: number[]) => input('i', shape, 'int64');
const truth = (...shape: number[]) => input('b', shape, 'bool');

/** Applications that ONNX Runtime would refuse, or worse, accept with another meaning. */
const refused: [string, () => unknown, RegExp][] = [
  ['add of shapes that do not broadcast', () => ops.add(t(2, 3), t(2)), /\[2, 3\] and \[2\] do not broadcast/],
  ['add of float32 and int64', () => ops.add(t(2), whole(2)), /float32 with int64/],
  ['add of two numbers', () => ops.add(1, 2), /two numbers/],
  ['where on a number', () => ops.where(t(2), t(2), t(2)), /where float32/],
  ['where of two dtypes', () => ops.where(truth(2), t(2), whole(2)), /float32 or int64/],
  ['where of shapes that do not broadcast', () => ops.where(truth(3), t(2), t(2)), /do not broadcast/],
  ['matMul of lengths that differ', () => matMul(t(2, 3), t(2, 3)), /matMul of \[2, 3\] and \[2, 3\]/],
  ['matMul of a vector', () => matMul(t(3), t(3, 2)), /matMul of \[3\]/],
  ['matMul of batches that differ', () => matMul(t(2, 1, 3), t(4, 3, 1)), /do not broadcast/],
  ['gemm of lengths that differ', () => gemm(t(2, 3), t(2, 3)), /gemm of/],
  ['gemm of lengths that differ once transposed', () => gemm(t(2, 3), t(3, 2), undefined, { transA: true }), /gemm of/],
  ['gemm of rank 3', () => gemm(t(1, 2, 3), t(3, 2)), /gemm of/],
  ['gemm with a bias that does not fit', () => gemm(t(2, 3), t(3, 4), t(3)), /do not broadcast|added to/],
  ['gemm with a bias larger than the product', () => gemm(t(1, 3), t(3, 4), t(2, 4)), /added to \[1, 4\]/],
  [
    'attention with a width the heads do not divide',
    () => multiHeadAttention(t(1, 2, 6), t(1, 2, 6), t(1, 2, 6), 4, 1),
    /4 heads/,
  ],
  [
    'attention with keys and values of two lengths',
    () => multiHeadAttention(t(1, 2, 4), t(1, 3, 4), t(1, 2, 4), 2, 1),
    /attention/,
  ],
  [
    'attention with keys of another batch',
    () => multiHeadAttention(t(2, 2, 4), t(1, 3, 4), t(1, 3, 4), 2, 1),
    /attention/,
  ],
  ['conv with channels that differ', () => conv(t(1, 3, 4, 4), t(2, 4, 3, 3), undefined), /conv of/],
  ['conv of a kernel larger than the picture', () => conv(t(1, 1, 2, 2), t(1, 1, 3, 3), undefined), /conv of/],
  ['conv with a bias of another length', () => conv(t(1, 1, 3, 3), t(2, 1, 1, 1), t(1)), /bias/],
  ['conv of rank 3', () => conv(t(1, 3, 4), t(2, 3, 1, 1), undefined), /conv of/],
  ['convTranspose with channels that differ', () => convTranspose(t(1, 3, 4, 4), t(2, 3, 1, 1), 4, 4), /convTranspose/],
  ['averagePool2 of an odd height', () => averagePool2(t(1, 1, 3, 2)), /averagePool2/],
  ['upsampleNearest2 of rank 3', () => layout.upsampleNearest2(t(1, 2, 2)), /upsampleNearest2/],
  ['layerNormalization with a scale of another length', () => layerNormalization(t(2, 4), t(3), undefined, 1), /scale/],
  ['reshape to another count', () => layout.reshape(t(2, 3), [4]), /reshape \[2, 3\] to \[4\]/],
  ['reshape by a length that does not divide', () => layout.reshape(t(2, 3), [4, -1]), /reshape/],
  ['transpose that names an axis twice', () => layout.transpose(t(2, 3), [0, 0]), /transpose/],
  ['transpose that leaves an axis out', () => layout.transpose(t(2, 3), [0]), /transpose/],
  ['concat of other lengths', () => layout.concat([t(2, 3), t(2, 2)], 0), /concat/],
  ['concat of ranks that differ', () => layout.concat([t(2), t(2, 1)], 0), /concat/],
  ['concat of dtypes that differ', () => layout.concat([t(2), whole(2)], 0), /concat/],
  ['slice beyond the end', () => layout.slice(t(4), 0, 2, 5), /slice 2:5/],
  ['slice of nothing', () => layout.slice(t(4), 0, 2, 2), /slice 2:2/],
  ['slice backwards', () => layout.slice(t(4), 0, 3, 0, -1), /slice 3:0:-1/],
  ['slice of an axis that is not there', () => layout.slice(t(4), 1, 0, 1), /axis 1/],
  ['flip of an axis that is not there', () => layout.flip(t(4), [1]), /axis 1/],
  ['expand of a length other than 1', () => layout.expand(t(2, 3), [4, 3]), /do not broadcast/],
  ['expand to a smaller shape', () => layout.expand(t(2, 3), [1, 3]), /expand/],
  ['pad by counts for another rank', () => layout.pad(t(2, 3), [1], [1]), /pad/],
  ['pad by negative counts', () => layout.pad(t(4), [-1], [0]), /pad/],
  ['gather by numbers that are not int64', () => layout.gather(t(4, 2), t(3)), /gather by float32/],
  ['gather of a row that is not there', () => layout.gather(t(4, 2), integers([0, 4])), /gather row 4 of \[4, 2\]/],
  ['gather of a row before the first', () => layout.gather(t(4, 2), integers([-5])), /gather row -5/],
  ['gather from a single value', () => layout.gather(t(), integers([0])), /single value/],
  ['maskGradient by a larger mask', () => layout.maskGradient(t(3), t(2, 3)), /maskGradient/],
  ['reduceSum over an axis that is not there', () => reduceSum(t(2, 3), [2]), /ReduceSum over \[2\]/],
  ['reduceMean over a negative axis that is not there', () => reduceMean(t(2, 3), [-3]), /ReduceMean over/],
  ['a constant of a dtype without values', () => filled([2], 1, 'float16'), /float16/],
];

test.each(refused)('%s is refused', (_, build, message) => {
  expect(build).toThrow(message);
});

describe('what changes nothing adds no node', () => {
  const x = t(2, 3);
  test.each([
    ['reshape to the same shape', layout.reshape(x, [2, -1])],
    ['transpose in order', layout.transpose(x, [0, 1])],
    ['concat of one', layout.concat([x], 0)],
    ['slice of all', layout.slice(x, 1, 0, 3)],
    ['expand to the same shape', layout.expand(x, [2, 3])],
    ['pad by nothing', layout.pad(x, [0, 0], [0, 0])],
    ['cast to the same dtype', ops.cast(x, 'float32')],
    ['sum over no axes', reduceSum(x, [])],
    ['mean over no axes', reduceMean(x, [])],
    ['largest over no axes', reduceMax(x, [])],
  ])('%s', (_, result) => expect(result).toBe(x));
});
