import { elementCount, float32, type TensorData } from '../tensorData';

/** Zeros of several shapes side by side in one block of memory, which the heap around it cannot tear apart. */
export function carveFloats(shapes: ReadonlyMap<string, readonly number[]>): Map<string, TensorData> {
  const total = [...shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const block = new ArrayBuffer(4 * total);
  let offset = 0;
  return new Map(
    [...shapes].map(([name, shape]) => {
      const values = new Float32Array(block, 4 * offset, elementCount(shape));
      offset += values.length;
      return [name, float32(shape, values)];
    }),
  );
}
