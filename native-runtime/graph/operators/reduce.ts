import { apply1, integers, type Tensor } from '../tensor';

function reduce(op: string, x: Tensor, axes: readonly number[], keep: boolean): Tensor {
  const set = new Set(axes.map((axis) => (axis < 0 ? axis + x.rank : axis)));
  if ([...set].some((axis) => !(axis in x.shape)))
    throw new RangeError(`${op} over [${axes.join(', ')}] of [${x.shape.join(', ')}]`);
  // Without axes ONNX would reduce all of them.
  if (!set.size) return x;
  const shape = x.shape.map((d, i) => (set.has(i) ? 1 : d)).filter((_, i) => keep || !set.has(i));
  return apply1(op, [x, integers([...set])], shape, { keepdims: Number(keep) });
}

/** Sum over axes. */
export function reduceSum(x: Tensor, axes: readonly number[], keep = false): Tensor {
  return reduce('ReduceSum', x, axes, keep);
}

/** Mean over axes. */
export function reduceMean(x: Tensor, axes: readonly number[], keep = false): Tensor {
  return reduce('ReduceMean', x, axes, keep);
}

/** Largest value over axes; has no gradient. */
export function reduceMax(x: Tensor, axes: readonly number[], keep = false): Tensor {
  return reduce('ReduceMax', x, axes, keep);
}

/** eˣ normalised to sum 1 over the last axis. */
export function softmax(x: Tensor): Tensor {
  return apply1('Softmax', [x], x.shape, { axis: -1 });
}
