import { broadcastShape } from '../../graph/broadcast';
import { add, cast, equal, less, mul, where } from '../../graph/operators/elementwise';
import { averagePool2 } from '../../graph/operators/convolve';
import { flip, pad, reshape, slice, transpose, concat } from '../../graph/operators/layout';
import { gemm } from '../../graph/operators/matrix';
import { elementCount } from '../../tensorData';
import { filled, integers, type Tensor } from '../../graph/tensor';
import { constantIntegers, integerAttribute, listAttribute, rule, type Rule } from '../rule';
import { unbroadcast } from './elementwise';

/** Spreads a strided gradient over the axis it was sliced from: zeros between, before and after. */
function unslice(grad: Tensor, axis: number, start: number, step: number, length: number): Tensor {
  const zeros = (value: number) => grad.shape.map((_, i) => (i === axis ? value : 0));
  let spread = grad;
  if (step > 1) {
    const gap = [...grad.shape.slice(0, axis + 1), 1, ...grad.shape.slice(axis + 1)];
    const filler = [...grad.shape.slice(0, axis + 1), step - 1, ...grad.shape.slice(axis + 1)];
    const joined = concat([reshape(grad, gap), filled(filler, 0, grad.dtype)], axis + 1);
    const full = grad.dim(axis) * step;
    spread = reshape(
      joined,
      grad.shape.map((d, i) => (i === axis ? full : d)),
    );
    spread = slice(spread, axis, 0, Math.min(full, length - start));
  }
  return pad(spread, zeros(start), zeros(length - start - spread.dim(axis)));
}

/** Rules of the operators that move values without changing them. */
export const layoutRules: Record<string, Rule> = {
  Reshape: rule(({ grad }) => [(x) => reshape(grad, x.shape), undefined]),
  Transpose: rule(({ node, grad }) => {
    const permutation = listAttribute(node, 'perm');
    return [
      () =>
        transpose(
          grad,
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
    ];
  }),
  Concat: rule(({ node, inputs, grad }) => {
    const axis = integerAttribute(node, 'axis');
    let end = 0;
    return inputs.map((x) => {
      const start = end;
      end += x.dim(axis);
      return () => slice(grad, axis, start, start + x.dim(axis));
    });
  }),
  Slice: rule(({ inputs: [, starts, , axes, steps], grad }) => {
    const axisList = constantIntegers(axes!);
    const [axis, start, step] = [axisList[0]!, constantIntegers(starts!)[0]!, constantIntegers(steps!)[0]!];
    return [(x) => (step < 0 ? flip(grad, axisList) : unslice(grad, axis, start, step, x.dim(axis)))];
  }),
  // An unused part has no gradient of its own: zeros take its place.
  Split: (node, parts) => [
    () => {
      const known = parts.find((part) => part !== undefined)!;
      const all = parts.map((part, i) => part ?? filled(node.outputs[i]!.shape, 0, known.dtype));
      return concat(all, integerAttribute(node, 'axis'));
    },
    undefined,
  ],
  Expand: rule(({ grad }) => [(x) => unbroadcast(grad, x), undefined]),
  Pad: rule(({ inputs: [, pads], grad }) => [
    (x) => {
      const before = constantIntegers(pads!);
      return x.shape.reduce((g, d, axis) => slice(g, axis, before[axis]!, before[axis]! + d), grad);
    },
  ]),
  // A one-hot product instead of a scatter: deterministic, and has a kernel everywhere. Meant for small tables.
  Gather: rule(({ inputs: [, indices], grad }) => [
    (table) => {
      const rows = elementCount(indices!.shape);
      const range = integers(Array.from({ length: table.dim(0) }, (_, i) => i));
      const given = reshape(indices!, [rows, 1]);
      const fromStart = where(less(given, 0), add(given, table.dim(0)), given);
      const oneHot = cast(equal(fromStart, range), grad.dtype);
      return reshape(gemm(oneHot, reshape(grad, [rows, -1]), undefined, { transA: true }), table.shape);
    },
    undefined,
  ]),
  Resize: rule(({ grad }) => [() => mul(averagePool2(grad), 4)]),
  BlockEnd: rule(({ grad }) => [() => grad]),
  MaskGradient: rule(({ inputs: [, mask], grad }) => {
    broadcastShape(grad.shape, mask!.shape);
    return [() => mul(grad, mask!), undefined];
  }),
};
