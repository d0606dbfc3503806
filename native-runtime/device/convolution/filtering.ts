import { float32 } from '../../tensorData';

/** Output cells of one tile along an axis. */
export const tileCells = 4;

/** Input cells that a tile reads along an axis, with a kernel of three. */
export const tileInputs = tileCells + 2;

/** Products of one tile: one for each of its inputs. */
export const tileProducts = tileInputs ** 2;

/**
 * Where the polynomials of a tile are evaluated, infinity aside. The rounding error depends on them: 6e-7 of a result with these, 14e-7 with the
 * usual 0, ±1, ±2, 3e-7 of a sum without any transform (rms, 320 channels of random numbers; docs/performance.md).
 */
const points: readonly number[] = [0, 5 / 8, -5 / 8, 3 / 2, -3 / 2];

/** Matrices of one axis: y = output · ((kernel · g) ∘ (input · d)). */
interface Transforms {
  /** [6, 6] */
  input: number[][];
  /** [6, 3] */
  kernel: number[][];
  /** [4, 6] */
  output: number[][];
}

/** F(4, 3) of minimal filtering, by Toom's and Cook's construction (Winograd, 1980; Lavin and Gray, 2016). */
function transforms(): Transforms {
  const others = (i: number) => points.filter((_, j) => j !== i);
  const input = points.map((_, i) => [...polynomialWithRoots(others(i)), 0]);
  const kernel = points.map((point, i) => {
    const scale = others(i).reduce((product, other) => product * (point - other), 1);
    return [0, 1, 2].map((power) => point ** power / scale);
  });
  const output = Array.from({ length: tileCells }, (_, power) => [
    ...points.map((point) => point ** power),
    power === tileCells - 1 ? 1 : 0,
  ]);
  return { input: [...input, polynomialWithRoots(points)], kernel: [...kernel, [0, 0, 1]], output };
}

/** Coefficients of Π (x − root), the lowest power first. */
function polynomialWithRoots(roots: readonly number[]): number[] {
  return roots.reduce((lower, root) => [...lower, 0].map((_, i) => (lower[i - 1] ?? 0) - root * (lower[i] ?? 0)), [1]);
}

const axis = transforms();

/** Cells of an input tile to its products, as the kernel of a convolution in space: [36, 1, 1, 6, 6]. */
export const inputTransform = float32([tileProducts, 1, 1, tileInputs, tileInputs], bothAxes(axis.input));

/** A kernel's nine numbers to its factors: [36, 9]. */
export const kernelTransform = float32([tileProducts, 9], bothAxes(axis.kernel));

/** The same for a kernel that is turned by half a circle first. */
export const turnedKernelTransform = float32([tileProducts, 9], bothAxes(axis.kernel.map((row) => [...row].reverse())));

/** A tile's products to its output cells: [16, 36]. */
export const outputTransform = float32([tileCells ** 2, tileProducts], bothAxes(axis.output));

/** The Kronecker product of a matrix with itself, rows in order. */
function bothAxes(matrix: readonly (readonly number[])[]): Float32Array {
  const entries = matrix.flatMap((vertical) =>
    matrix.flatMap((horizontal) => vertical.flatMap((v) => horizontal.map((h) => v * h))),
  );
  return Float32Array.from(entries);
}
