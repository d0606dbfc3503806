import { type Call, float, integer, integersOf, type Kernel, make, read, required, type Value } from './value';

/** Folds each group of elements that the reduced axes bring together. */
const reduce =
  (fold: (values: readonly number[]) => number): Kernel =>
  (call) => {
    const x = required(call, 0);
    const asked = call.inputs[1] ? integersOf(call.inputs[1]) : [];
    const keep = integer(call, 'keepdims', 1) === 1;
    const rank = x.shape.length;
    if (asked.some((axis) => axis < -rank || axis >= rank)) throw new RangeError(`axes ${asked.join(', ')}`);
    // The specification reduces everything when no axes are given.
    const axes = asked.length ? asked.map((axis) => (axis + rank) % rank) : x.shape.map((_, axis) => axis);
    const kept = x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d));
    const inside = x.shape.map((d, axis) => (axes.includes(axis) ? d : 1));
    const full = make(kept, x.dtype, (outer) => {
      const values: number[] = [];
      make(inside, x.dtype, (inner) =>
        values.push(
          read(
            x,
            inner.map((i, axis) => i + outer[axis]!),
          ),
        ),
      );
      return fold(values);
    });
    return [{ ...full, shape: keep ? kept : kept.filter((_, axis) => !axes.includes(axis)) }];
  };

const sum = (values: readonly number[]) => values.reduce((s, x) => s + x, 0);

/** The rows of the last axis. */
function rows({ shape, data }: Value): Float64Array[] {
  const width = shape.at(-1)!;
  return Array.from({ length: data.length / width }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

const lastAxis = (call: Call, { shape }: Value) => {
  const axis = integer(call, 'axis', -1);
  if (axis !== -1 && axis !== shape.length - 1) throw new Error(`axis ${axis}`);
};

const softmax: Kernel = (call) => {
  const x = required(call, 0);
  lastAxis(call, x);
  const data = rows(x).flatMap((row) => {
    const top = Math.max(...row);
    const powers = Array.from(row, (v) => Math.exp(v - top));
    const total = sum(powers);
    return powers.map((p) => p / total);
  });
  return [{ ...x, data: Float64Array.from(data) }];
};

const layerNormalization: Kernel = (call) => {
  const [x, scale, bias] = [required(call, 0), required(call, 1), call.inputs[2]];
  lastAxis(call, x);
  const epsilon = float(call, 'epsilon');
  const statistics = rows(x).map((row) => {
    const mean = sum([...row]) / row.length;
    const variance = sum(Array.from(row, (v) => (v - mean) ** 2)) / row.length;
    return { row, mean, inverse: 1 / Math.sqrt(variance + epsilon) };
  });
  const output = statistics.flatMap(({ row, mean, inverse }) =>
    Array.from(row, (v, i) => (v - mean) * inverse * scale.data[i]! + (bias ? bias.data[i]! : 0)),
  );
  const shape = [...x.shape.slice(0, -1), 1];
  return [
    { ...x, data: Float64Array.from(output) },
    { shape, dtype: x.dtype, data: Float64Array.from(statistics, (s) => s.mean) },
    { shape, dtype: x.dtype, data: Float64Array.from(statistics, (s) => s.inverse) },
  ];
};

/** Sums, means, largest values, and the two operators that normalise rows. */
export const reduceKernels: Record<string, Kernel> = {
  ReduceSum: reduce(sum),
  ReduceMean: reduce((values) => sum(values) / values.length),
  ReduceMax: reduce((values) => Math.max(...values)),
  Softmax: softmax,
  LayerNormalization: layerNormalization,
};
