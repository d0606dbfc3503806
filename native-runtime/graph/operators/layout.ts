import { elementCount } from '../../tensorData';
import { broadcastShape } from '../broadcast';
import { apply, apply1, filled, integers, type Tensor } from '../tensor';

/** The same values in another shape; one length may be −1. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const known = shape.reduce((n, d) => (d === -1 ? n : n * d), 1);
  const full = shape.map((d) => (d === -1 ? elementCount(x.shape) / known : d));
  if (!full.every(Number.isInteger) || elementCount(full) !== elementCount(x.shape))
    throw new RangeError(`reshape [${x.shape.join(', ')}] to [${shape.join(', ')}]`);
  if (full.length === x.rank && full.every((d, i) => d === x.shape[i])) return x;
  return apply1('Reshape', [x, integers(full)], full);
}

/** Axes in another order: output axis i is input axis permutation[i]. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  if ([...permutation].sort((a, b) => a - b).some((axis, i) => axis !== i) || permutation.length !== x.rank)
    throw new RangeError(`transpose [${x.shape.join(', ')}] by [${permutation.join(', ')}]`);
  if (permutation.every((axis, i) => axis === i)) return x;
  return apply1(
    'Transpose',
    [x],
    permutation.map((axis) => x.dim(axis)),
    { perm: permutation },
  );
}

/** Joins tensors along an axis. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0]!;
  if (tensors.length === 1) return first;
  const at = axis < 0 ? axis + first.rank : axis;
  for (const t of tensors)
    if (t.dtype !== first.dtype || t.rank !== first.rank || t.shape.some((d, i) => i !== at && d !== first.shape[i]))
      throw new RangeError(`concat [${first.shape.join(', ')}] with [${t.shape.join(', ')}] on axis ${at}`);
  const shape = first.shape.map((d, i) => (i === at ? tensors.reduce((n, t) => n + t.dim(at), 0) : d));
  return apply1('Concat', [...tensors], shape, { axis: at });
}

/** Elements start, start + step, … below end along one axis; `flip` reverses. */
export function slice(x: Tensor, axis: number, start: number, end: number, step = 1): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  const length = Math.ceil((end - start) / step);
  if (start < 0 || end > x.dim(at) || length <= 0 || step < 1)
    throw new RangeError(`slice ${start}:${end}:${step} of axis ${at} in [${x.shape.join(', ')}]`);
  if (start === 0 && end === x.dim(at) && step === 1) return x;
  const shape = x.shape.map((d, i) => (i === at ? length : d));
  return apply1('Slice', [x, integers([start]), integers([end]), integers([at]), integers([step])], shape);
}

/** Cuts an axis into equal parts. Its gradient is one join, where slices would each be padded and summed. */
export function split(x: Tensor, axis: number, parts: number): Tensor[] {
  const at = axis < 0 ? axis + x.rank : axis;
  const length = x.dim(at) / parts;
  if (!Number.isInteger(length)) throw new RangeError(`split of [${x.shape.join(', ')}] on axis ${at} into ${parts}`);
  const shape = x.shape.map((d, i) => (i === at ? length : d));
  const outputs = Array.from({ length: parts }, () => ({ shape, dtype: x.dtype }));
  return apply('Split', [x, integers(Array.from({ length: parts }, () => length))], outputs, { axis: at });
}

/** Reverses the order along the given axes. */
export function flip(x: Tensor, axes: readonly number[]): Tensor {
  const starts = axes.map((axis) => x.dim(axis) - 1);
  const ends = axes.map(() => -(2 ** 31));
  return apply1('Slice', [x, integers(starts), integers(ends), integers(axes), integers(axes.map(() => -1))], x.shape);
}

/** Repeats axes of length 1 (or new leading ones) up to a shape. */
export function expand(x: Tensor, shape: readonly number[]): Tensor {
  if (broadcastShape(x.shape, shape).some((d, i) => d !== shape[i]))
    throw new RangeError(`expand [${x.shape.join(', ')}] to [${shape.join(', ')}]`);
  if (shape.length === x.rank && shape.every((d, i) => d === x.shape[i])) return x;
  return apply1('Expand', [x, integers(shape)], shape);
}

/** Adds zeros before and after each axis. */
export function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  if (before.length !== x.rank || after.length !== x.rank || [...before, ...after].some((n) => n < 0))
    throw new RangeError(`pad [${x.shape.join(', ')}] by [${before.join(', ')}] and [${after.join(', ')}]`);
  if ([...before, ...after].every((n) => n === 0)) return x;
  const shape = x.shape.map((d, i) => d + before[i]! + after[i]!);
  return apply1('Pad', [x, integers([...before, ...after]), filled([], 0, x.dtype)], shape, { mode: 'constant' });
}

/** Rows of `table` [count, …] picked by int64 `indices` [...], negative ones from the end: shape [...indices, ...rest]. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  if (indices.dtype !== 'int64') throw new TypeError(`gather by ${indices.dtype}`);
  if (table.rank === 0) throw new RangeError('gather from a single value');
  // What is fed is checked by the operator when it runs.
  const known = indices.source.kind === 'constant' ? Array.from(indices.source.data.data as BigInt64Array, Number) : [];
  const beyond = known.find((row) => row < -table.dim(0) || row >= table.dim(0));
  if (beyond !== undefined) throw new RangeError(`gather row ${beyond} of [${table.shape.join(', ')}]`);
  return apply1('Gather', [table, indices], [...indices.shape, ...table.shape.slice(1)], { axis: 0 });
}

/** Doubles height and width of `[batch, channels, height, width]` by repeating pixels. */
export function upsampleNearest2(x: Tensor): Tensor {
  if (x.rank !== 4) throw new RangeError(`upsampleNearest2 of [${x.shape.join(', ')}]`);
  const shape = [x.dim(0), x.dim(1), x.dim(2) * 2, x.dim(3) * 2];
  return apply1('Resize', [x, undefined, undefined, integers(shape)], shape, {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
}

/** Equal to `x` in value; its gradient is multiplied by the constant `mask` (broadcast). Costs nothing forward. */
export function maskGradient(x: Tensor, mask: Tensor): Tensor {
  if (broadcastShape(x.shape, mask.shape).some((d, i) => d !== x.shape[i]))
    throw new RangeError(`maskGradient of [${x.shape.join(', ')}] by [${mask.shape.join(', ')}]`);
  return apply('MaskGradient', [x, mask], [{ shape: x.shape, dtype: x.dtype }])[0]!;
}

/** Equal to `x`; says that a block of layers ends here, from which a backward pass may compute the next block again. */
export function blockEnd(x: Tensor): Tensor {
  return apply1('BlockEnd', [x], x.shape);
}
