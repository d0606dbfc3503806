import { gemm, matMul, multiHeadAttention } from '../../../../native-runtime/graph/operators/matrix';
import { softmax } from '../../../../native-runtime/graph/operators/reduce';
import { type RuleCase, x } from '../../../support/ruleCase';

const list = (shape: readonly number[]) => `[${shape.join(', ')}]`;

const product = (a: number[], b: number[]): RuleCase => ({
  title: `${list(a)} · ${list(b)}`,
  inputs: [x(a), x(b)],
  build: (left, right) => matMul(left!, right!),
});

/** rows × inner × columns in the four transposition combinations, without a third operand and with each shape of one. */
function gemms(rows: number, inner: number, columns: number): RuleCase[] {
  return [undefined, [columns], [rows, columns], [1, columns], [rows, 1], []].flatMap((c) =>
    [0, 1, 2, 3].map((bits): RuleCase => {
      const [transA, transB] = [(bits & 1) === 1, (bits & 2) === 2];
      const a = transA ? [inner, rows] : [rows, inner];
      const b = transB ? [columns, inner] : [inner, columns];
      return {
        title: `${list(a)}${transA ? 'ᵀ' : ''} · ${list(b)}${transB ? 'ᵀ' : ''}${c ? ` + ${list(c)}` : ''}`,
        inputs: [x(a), x(b), ...(c ? [x(c)] : [])],
        build: (left, right, bias) => gemm(left!, right!, bias, { transA, transB }),
      };
    }),
  );
}

const attention = (batch: number, queries: number, keys: number, heads: number, size: number, scale: number) => ({
  title: `${batch} × ${queries} queries, ${keys} keys, ${heads} heads of ${size}, scale ${scale}`,
  inputs: [x([batch, queries, heads * size]), x([batch, keys, heads * size]), x([batch, keys, heads * size])],
  build: (...[q, k, v]: Parameters<RuleCase['build']>) => multiHeadAttention(q!, k!, v!, heads, scale),
});

/** Cases of matrix products and attention. */
export const matrixCases: Record<string, RuleCase[]> = {
  MatMul: [
    product([2, 3], [3, 4]),
    product([1, 1], [1, 1]),
    product([2, 3, 4], [2, 4, 2]),
    product([2, 3, 4], [4, 2]),
    product([3, 4], [2, 4, 2]),
    product([2, 1, 2, 3], [3, 3, 2]),
    product([1, 2, 3], [3, 3, 1]),
  ],
  Gemm: [...gemms(2, 3, 4), ...gemms(1, 4, 2), ...gemms(3, 1, 1)],
  MultiHeadAttention: [
    attention(1, 3, 3, 1, 4, 0.5),
    attention(2, 3, 5, 2, 4, 0.5),
    attention(2, 4, 2, 4, 8, 0.125),
    attention(1, 5, 1, 3, 2, 0.7),
    {
      title: 'self-attention: one tensor in all three roles',
      inputs: [x([2, 3, 4])],
      build: (a) => multiHeadAttention(a!, a!, a!, 2, 0.6),
    },
  ],
  Softmax: [[4], [2, 3], [2, 1, 5], [1, 2]].map((shape) => ({
    title: list(shape),
    inputs: [x(shape)],
    build: (a) => softmax(a!),
  })),
};
