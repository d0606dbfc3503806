import {
  type Call,
  commonShape,
  integer,
  integersOf,
  type Kernel,
  list,
  make,
  read,
  readBroadcast,
  required,
} from './value';

const reshape: Kernel = (call) => {
  const x = required(call, 0);
  const asked = integersOf(required(call, 1)).map((d, i) => (d === 0 ? x.shape[i]! : d));
  const known = asked.filter((d) => d !== -1).reduce((n, d) => n * d, 1);
  const shape = asked.map((d) => (d === -1 ? x.data.length / known : d));
  if (shape.reduce((n, d) => n * d, 1) !== x.data.length) throw new RangeError(`reshape to [${shape.join(', ')}]`);
  return [{ shape, dtype: x.dtype, data: x.data }];
};

const transpose: Kernel = (call) => {
  const x = required(call, 0);
  const permutation = list(call, 'perm');
  const source = x.shape.map(() => 0);
  const shape = permutation.map((axis) => x.shape[axis]!);
  return [
    make(shape, x.dtype, (index) => {
      permutation.forEach((axis, i) => (source[axis] = index[i]!));
      return read(x, source);
    }),
  ];
};

const concat: Kernel = (call) => {
  const axis = integer(call, 'axis');
  const parts = call.inputs.map((_, i) => required(call, i));
  const owner = parts.flatMap((part) => Array.from({ length: part.shape[axis]! }, (_, i) => ({ part, i })));
  const shape = parts[0]!.shape.map((d, i) => (i === axis ? owner.length : d));
  return [
    make(shape, parts[0]!.dtype, (index) => {
      const { part, i } = owner[index[axis]!]!;
      return read(part, index.toSpliced(axis, 1, i));
    }),
  ];
};

/** The positions that start:end:step picks from an axis; a negative start or end counts from the axis' end. */
function picked(length: number, start: number, end: number, step: number): number[] {
  if (step === 0) throw new RangeError('step 0');
  const clamp = (value: number, low: number, high: number) =>
    Math.min(Math.max(value < 0 ? value + length : value, low), high);
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const [from, to] = [clamp(start, 0, high), clamp(end, low, high)];
  const positions: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) positions.push(i);
  return positions;
}

const slice: Kernel = (call) => {
  const x = required(call, 0);
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => integersOf(required(call, i))) as [
    number[],
    number[],
    number[],
    number[],
  ];
  const positions = x.shape.map((length) => Array.from({ length }, (_, i) => i));
  axes.forEach((axis, i) => (positions[axis] = picked(x.shape[axis]!, starts[i]!, ends[i]!, steps[i]!)));
  const shape = positions.map((p) => p.length);
  return [
    make(shape, x.dtype, (index) =>
      read(
        x,
        index.map((i, axis) => positions[axis]![i]!),
      ),
    ),
  ];
};

const split: Kernel = (call) => {
  const x = required(call, 0);
  const axis = integer(call, 'axis');
  let start = 0;
  return integersOf(required(call, 1)).map((length) => {
    const from = start;
    start += length;
    const shape = x.shape.map((d, i) => (i === axis ? length : d));
    return make(shape, x.dtype, (index) => read(x, index.toSpliced(axis, 1, index[axis]! + from)));
  });
};

const expand: Kernel = (call) => {
  const x = required(call, 0);
  const shape = commonShape(x.shape, integersOf(required(call, 1)));
  return [make(shape, x.dtype, (index) => readBroadcast(x, index))];
};

const pad: Kernel = (call) => {
  const x = required(call, 0);
  const pads = integersOf(required(call, 1));
  const filling = call.inputs[2]?.data[0] ?? 0;
  const rank = x.shape.length;
  if (pads.length !== 2 * rank || call.attributes['mode'] !== 'constant') throw new Error('pads');
  const shape = x.shape.map((d, axis) => pads[axis]! + d + pads[axis + rank]!);
  return [
    make(shape, x.dtype, (index) => {
      const source = index.map((i, axis) => i - pads[axis]!);
      return source.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? read(x, source) : filling;
    }),
  ];
};

const gather: Kernel = (call) => {
  const [table, indices] = [required(call, 0), required(call, 1)];
  const axis = integer(call, 'axis', 0);
  integersOf(indices);
  const rank = indices.shape.length;
  const shape = [...table.shape.slice(0, axis), ...indices.shape, ...table.shape.slice(axis + 1)];
  return [
    make(shape, table.dtype, (index) => {
      const row = read(indices, index.slice(axis, axis + rank));
      const from = row < 0 ? row + table.shape[axis]! : row;
      return read(table, [...index.slice(0, axis), from, ...index.slice(axis + rank)]);
    }),
  ];
};

/** Nearest neighbour with output position · input length / output length, rounded down. */
const resize: Kernel = (call) => {
  const x = required(call, 0);
  const shape = integersOf(required(call, 3));
  const { mode, coordinate_transformation_mode: coordinates, nearest_mode: rounding } = call.attributes;
  if (mode !== 'nearest' || coordinates !== 'asymmetric' || rounding !== 'floor') throw new Error('Resize attributes');
  return [
    make(shape, x.dtype, (index) =>
      read(
        x,
        index.map((i, axis) => Math.floor((i * x.shape[axis]!) / shape[axis]!)),
      ),
    ),
  ];
};

const identity: Kernel = (call: Call) => [required(call, 0)];

/** Operators that move values without changing them. */
export const layoutKernels: Record<string, Kernel> = {
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Split: split,
  Expand: expand,
  Pad: pad,
  Gather: gather,
  Resize: resize,
  MaskGradient: identity,
  BlockEnd: identity,
};
