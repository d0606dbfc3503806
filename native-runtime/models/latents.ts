import { add, div, exp, mul } from '../graph/operators/elementwise';
import type { Tensor } from '../graph/tensor';
import type { LatentDistribution } from './autoencoder';
import type { AutoencoderConfig } from './autoencoderConfig';

/** Latents as the UNet sees them, (mean + σ·noise)·scaling factor, σ = exp(logvar/2); noise [batch, channels, height, width]. */
export function sampledLatents({ mean, logvar }: LatentDistribution, noise: Tensor, config: AutoencoderConfig): Tensor {
  return mul(add(mean, mul(exp(mul(logvar, 0.5)), noise)), config.scalingFactor);
}

/** The UNet's latents as the decoder takes them. */
export function unscaledLatents(latents: Tensor, config: AutoencoderConfig): Tensor {
  return div(latents, config.scalingFactor);
}
