import { add } from '../../graph/operators/elementwise';
import { reshape } from '../../graph/operators/layout';
import { matMul } from '../../graph/operators/matrix';
import type { Tensor } from '../../graph/tensor';
import { kernelTransform } from './filtering';
import { factorsOf, partsInFile, partsOf } from './kernelFactors';
import { bandsOf, cellsOf, joined, tilesOf } from './tiles';
import { usualMemory, type WorkingMemory } from './workingMemory';

/** A 3×3 convolution with one cell of zeros around the picture. */
export interface Convolution {
  /** [batch, channels, height, width], both sides divisible by 4. */
  x: Tensor;
  /** [out, channels, 3, 3] */
  kernel: Tensor;
  /** [out] */
  bias?: Tensor;
  /** Whether parts of the kernel are read where they lie in its file, since nothing reads it as a whole. */
  kernelInPlace?: boolean;
}

/**
 * The convolution with a quarter of the products: tiles of 4×4 cells by F(4×4, 3×3) of minimal filtering (Lavin and Gray, 2016). Kernels are
 * transformed in every run, so that no second copy of them stays in memory. Result: [batch, out, height, width].
 */
export function winogradConv(convolution: Convolution, memory: WorkingMemory = usualMemory): Tensor {
  const { x, kernel, bias, kernelInPlace } = convolution;
  const bands = bandsOf(x, Math.max(kernel.dim(0), kernel.dim(1)), memory.tiles);
  const tiles = bands.map((band) => tilesOf(x, band));
  const parts = kernelInPlace ? partsInFile(kernel, memory.factors) : partsOf(kernel, 0, memory.factors);
  const perPart = parts.map((part) => {
    const factors = factorsOf(part, kernelTransform);
    return bands.map((band, i) => cellsOf(matMul(factors, tiles[i]!), x, band));
  });
  const y = joined(perPart);
  return bias ? add(y, reshape(bias, [-1, 1, 1])) : y;
}
