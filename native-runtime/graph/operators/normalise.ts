import { elementCount } from '../../tensorData';
import { apply, type Tensor } from '../tensor';

/** What layer normalisation computes; mean and inverse standard deviation keep the last axis with length 1. */
export interface Normalised {
  output: Tensor;
  mean: Tensor;
  inverseDeviation: Tensor;
}

/** (x − mean) / √(variance + epsilon) · scale + bias over the last axis; scale and bias have its length. */
export function layerNormalization(x: Tensor, scale: Tensor, bias: Tensor | undefined, epsilon: number): Normalised {
  if (elementCount(scale.shape) !== x.dim(-1))
    throw new RangeError(`scale [${scale.shape.join(', ')}] for [${x.shape.join(', ')}]`);
  const statistics = { shape: [...x.shape.slice(0, -1), 1], dtype: x.dtype };
  const inputs = bias ? [x, scale, bias] : [x, scale];
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const outputs = [{ shape: x.shape, dtype: x.dtype }, statistics, statistics];
  const [output, mean, inverseDeviation] = apply('LayerNormalization', inputs, outputs, attributes);
  return { output: output!, mean: mean!, inverseDeviation: inverseDeviation! };
}
