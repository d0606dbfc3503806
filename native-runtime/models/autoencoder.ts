import { add, maximum, minimum } from '../graph/operators/elementwise';
import { slice } from '../graph/operators/layout';
import type { Tensor } from '../graph/tensor';
import { fusedAttention } from '../nn/attention';
import { conv2d, groupNorm, linear, silu, toPicture, toTokens } from '../nn/layers';
import { scope, type Weights } from '../nn/weights';
import type { AutoencoderConfig } from './autoencoderConfig';
import { resnetBlock, upsample, type Norm } from './blocks';

/** The normal distribution of a picture's latents, each [batch, latentChannels, height, width], not yet scaled. */
export interface LatentDistribution {
  mean: Tensor;
  logvar: Tensor;
}

const normOf = (config: AutoencoderConfig): Norm => ({ groups: config.normGroups, epsilon: 1e-6 });

/** The encoder half: pictures [batch, 3, height, width] in [−1, 1] to their latent distribution. */
export function encodePicture(picture: Tensor, weights: Weights, config: AutoencoderConfig): LatentDistribution {
  const norm = normOf(config);
  const encoder = scope(weights, 'encoder');
  let x = conv2d(picture, encoder, 'conv_in', config.channels[0]!, 3);
  config.channels.forEach((channels, i) => {
    const block = scope(encoder, `down_blocks.${i}`);
    for (let j = 0; j < config.layersPerBlock; j++) x = resnetBlock(x, scope(block, `resnets.${j}`), channels, norm);
    // Padded only right and below, as the published checkpoints were trained.
    if (i < config.channels.length - 1) x = conv2d(x, block, 'downsamplers.0.conv', channels, 3, 2, [0, 0, 1, 1]);
  });
  x = middle(x, scope(encoder, 'mid_block'), norm, config.midAttention);
  x = silu(groupNorm(x, encoder, 'conv_norm_out', norm.groups, norm.epsilon));
  x = conv2d(x, encoder, 'conv_out', 2 * config.latentChannels, 3);
  if (config.useQuantConv) x = conv2d(x, weights, 'quant_conv', 2 * config.latentChannels, 1);
  const logvar = slice(x, 1, config.latentChannels, 2 * config.latentChannels);
  return { mean: slice(x, 1, 0, config.latentChannels), logvar: minimum(maximum(logvar, -30), 20) };
}

/** The decoder half: unscaled latents [batch, latentChannels, height, width] to pictures in [−1, 1]. */
export function decodeLatents(latents: Tensor, weights: Weights, config: AutoencoderConfig): Tensor {
  const norm = normOf(config);
  const decoder = scope(weights, 'decoder');
  const levels = [...config.channels].reverse();
  let x = config.usePostQuantConv ? conv2d(latents, weights, 'post_quant_conv', config.latentChannels, 1) : latents;
  x = conv2d(x, decoder, 'conv_in', levels[0]!, 3);
  x = middle(x, scope(decoder, 'mid_block'), norm, config.midAttention);
  levels.forEach((channels, i) => {
    const block = scope(decoder, `up_blocks.${i}`);
    for (let j = 0; j <= config.layersPerBlock; j++) x = resnetBlock(x, scope(block, `resnets.${j}`), channels, norm);
    if (i < levels.length - 1) x = upsample(x, block);
  });
  x = silu(groupNorm(x, decoder, 'conv_norm_out', norm.groups, norm.epsilon));
  return conv2d(x, decoder, 'conv_out', 3, 3);
}

function middle(x: Tensor, weights: Weights, norm: Norm, withAttention: boolean): Tensor {
  x = resnetBlock(x, scope(weights, 'resnets.0'), x.dim(1), norm);
  if (withAttention) x = selfAttention(x, scope(weights, 'attentions.0'), norm);
  return resnetBlock(x, scope(weights, 'resnets.1'), x.dim(1), norm);
}

/** Single-head attention over all pixels, with its residual. */
function selfAttention(x: Tensor, weights: Weights, norm: Norm): Tensor {
  const width = x.dim(1);
  const tokens = toTokens(groupNorm(x, weights, 'group_norm', norm.groups, norm.epsilon));
  const [q, k, v] = ['to_q', 'to_k', 'to_v'].map((name) => linear(tokens, weights, name, width)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const output = linear(fusedAttention(q, k, v, 1), weights, 'to_out.0', width);
  return add(toPicture(output, x.dim(2), x.dim(3)), x);
}
