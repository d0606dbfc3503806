import { abs, add, exp, mul, sub } from '../../graph/operators/elementwise';
import { slice } from '../../graph/operators/layout';
import { reduceMean } from '../../graph/operators/reduce';
import { input, type Tensor } from '../../graph/tensor';
import { decodeLatents, encodePicture } from '../../models/autoencoder';
import type { AutoencoderConfig } from '../../models/autoencoderConfig';
import { adamW, type OptimizerSettings } from '../../train/optimizer';
import { TrainableWeights } from '../../train/trainableWeights';

const KL_WEIGHT = 3e-4;
const EDGE_WEIGHT = 0.5;

/**
 * One training step of the autoencoder on `pictures` [batch, 3, size, size] with the latents' `noise`: absolute and
 * squared error, error of neighbouring differences (for edges), and a little pull of the latents to a unit normal.
 */
export function autoencoderStep(
  config: AutoencoderConfig,
  batch: number,
  size: number,
  settings: OptimizerSettings,
): { outputs: Record<string, Tensor>; shapes: Map<string, readonly number[]> } {
  const trained = new TrainableWeights();
  const weights = trained.source();
  const pictures = input('pictures', [batch, 3, size, size]);
  const cells = size / config.scaleFactor;
  const { mean, logvar } = encodePicture(pictures, weights, config);
  const noise = input('noise', [batch, config.latentChannels, cells, cells]);
  const latents = add(mean, mul(exp(mul(logvar, 0.5)), noise));
  const error = sub(decodeLatents(latents, weights, config), pictures);
  const squared = meanOf(mul(error, error));
  const kl = mul(meanOf(sub(add(mul(mean, mean), exp(logvar)), add(logvar, 1))), 0.5);
  const loss = add(add(meanOf(abs(error)), squared), add(mul(edges(error), EDGE_WEIGHT), mul(kl, KL_WEIGHT)));
  return { outputs: { loss, squared, ...adamW(loss, trained.trainables(loss), settings) }, shapes: trained.shapes };
}

const meanOf = (x: Tensor) =>
  reduceMean(
    x,
    x.shape.map((_, axis) => axis),
  );

function edges(error: Tensor): Tensor {
  const size = error.dim(2);
  const along = (axis: number) => meanOf(abs(sub(slice(error, axis, 1, size), slice(error, axis, 0, size - 1))));
  return add(along(2), along(3));
}
