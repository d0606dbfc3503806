import { commonShape, float, integer, type Kernel, make, read, readBroadcast, required, type Value } from './value';

const matMul: Kernel = (call) => {
  const [a, b] = [required(call, 0), required(call, 1)];
  const inner = a.shape.at(-1)!;
  if (a.shape.length < 2 || b.shape.length < 2 || inner !== b.shape.at(-2)) throw new RangeError('MatMul shapes');
  const leading = commonShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  // Each operand as if its matrices were scalars, so that only the leading axes broadcast.
  const element = (x: Value, index: readonly number[], row: number, column: number) => {
    const offset = leading.length - (x.shape.length - 2);
    const outer = x.shape.slice(0, -2).map((d, axis) => (d === 1 ? 0 : index[axis + offset]!));
    return read(x, [...outer, row, column]);
  };
  const shape = [...leading, a.shape.at(-2)!, b.shape.at(-1)!];
  return [
    make(shape, a.dtype, (index) => {
      const [row, column] = [index.at(-2)!, index.at(-1)!];
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += element(a, index, row, k) * element(b, index, k, column);
      return sum;
    }),
  ];
};

const gemm: Kernel = (call) => {
  const oriented = (x: Value, transposed: number) => {
    if (x.shape.length !== 2) throw new RangeError('Gemm of a tensor that is no matrix');
    const at = (i: number, j: number) => read(x, transposed ? [j, i] : [i, j]);
    return transposed
      ? { at, height: x.shape[1]!, width: x.shape[0]! }
      : { at, height: x.shape[0]!, width: x.shape[1]! };
  };
  const [first, second] = [required(call, 0), required(call, 1)];
  const a = oriented(first, integer(call, 'transA', 0));
  const b = oriented(second, integer(call, 'transB', 0));
  if (a.width !== b.height) throw new RangeError(`Gemm: ${a.width} columns against ${b.height} rows`);
  return [
    make([a.height, b.width], first.dtype, (index) => {
      let sum = call.inputs[2] ? readBroadcast(call.inputs[2], index) : 0;
      for (let k = 0; k < a.width; k++) sum += a.at(index[0]!, k) * b.at(k, index[1]!);
      return sum;
    }),
  ];
};

/** Head h works on columns h·width/heads … of the width: softmax(q·kᵀ·scale)·v. */
const multiHeadAttention: Kernel = (call) => {
  const [q, k, v] = [required(call, 0), required(call, 1), required(call, 2)];
  const heads = integer(call, 'num_heads');
  const scale = float(call, 'scale');
  const [batch, queries, width] = q.shape as [number, number, number];
  const [batchK, keys, widthK] = k.shape as [number, number, number];
  const outputWidth = v.shape[2]!;
  if (batchK !== batch || widthK !== width || v.shape[0] !== batch || v.shape[1] !== keys || width % heads)
    throw new RangeError('MultiHeadAttention shapes');
  const [size, sizeV] = [width / heads, outputWidth / heads];
  const probabilities = make([batch, heads, queries, keys], q.dtype, ([b, h, i, j]) => {
    let score = 0;
    for (let c = 0; c < size; c++) score += read(q, [b!, i!, h! * size + c]) * read(k, [b!, j!, h! * size + c]);
    return Math.exp(score * scale);
  });
  return [
    make([batch, queries, outputWidth], q.dtype, ([b, i, column]) => {
      const h = Math.floor(column! / sizeV);
      let [sum, total] = [0, 0];
      for (let j = 0; j < keys; j++) {
        const p = read(probabilities, [b!, h, i!, j]);
        sum += p * read(v, [b!, j, column!]);
        total += p;
      }
      return sum / total;
    }),
  ];
};

/** Matrix products and attention. */
export const matrixKernels: Record<string, Kernel> = {
  MatMul: matMul,
  Gemm: gemm,
  MultiHeadAttention: multiHeadAttention,
};
