/** How many bytes of intermediate results of a filtered convolution may exist at a time. */
export interface WorkingMemory {
  /** Of a kernel's factors. */
  factors: number;
  /** Of a picture's tiles, in each of their three forms. */
  tiles: number;
}

/** What is no slower than with more (docs/performance.md). */
export const usualMemory: WorkingMemory = { factors: 24 * 2 ** 20, tiles: 16 * 2 ** 20 };
