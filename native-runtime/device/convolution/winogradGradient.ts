import { apply1, type Tensor } from '../../graph/tensor';
import { turnedKernelTransform } from './filtering';
import { factorsOf, partsOf } from './kernelFactors';
import { bandsOf, cellsOf, joined, tilesOf } from './tiles';
import { usualMemory, type WorkingMemory } from './workingMemory';

/**
 * The gradient of the input of `winogradConv`, in the same way: [batch, channels, height, width] of the gradient of its result,
 * [batch, out, height, width], and its kernel [out, channels, 3, 3] as it lies.
 */
export function winogradGradient(grad: Tensor, kernel: Tensor, memory: WorkingMemory = usualMemory): Tensor {
  const bands = bandsOf(grad, Math.max(kernel.dim(0), kernel.dim(1)), memory.tiles);
  const tiles = bands.map((band) => tilesOf(grad, band));
  const perPart = partsOf(kernel, 1, memory.factors).map((part) => {
    const factors = factorsOf(part, turnedKernelTransform);
    return bands.map((band, i) => cellsOf(transposedProduct(factors, tiles[i]!), grad, band));
  });
  return joined(perPart);
}

/** aᵀ·b of the last two axes: a [36, out, channels], b [36, out, tiles]. */
function transposedProduct(a: Tensor, b: Tensor): Tensor {
  const shape = [a.dim(0), a.dim(2), b.dim(2)];
  return apply1('FusedMatMul', [a, b], shape, { transA: 1 }, 'com.microsoft');
}
