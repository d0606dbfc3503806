import { add } from '../graph/operators/elementwise';
import { blockEnd, reshape, upsampleNearest2 } from '../graph/operators/layout';
import type { Tensor } from '../graph/tensor';
import { conv2d, groupNorm, linear, silu } from '../nn/layers';
import { scope, type Weights } from '../nn/weights';

/** How a residual block normalises. */
export interface Norm {
  groups: number;
  epsilon: number;
}

/** A residual block: two normalised convolutions, with the time embedding [batch, width] (already activated) between. */
export function resnetBlock(x: Tensor, weights: Weights, out: number, norm: Norm, activatedTime?: Tensor): Tensor {
  let h = conv2d(silu(groupNorm(x, weights, 'norm1', norm.groups, norm.epsilon)), weights, 'conv1', out, 3);
  if (activatedTime) h = add(h, reshape(linear(activatedTime, weights, 'time_emb_proj', out), [x.dim(0), out, 1, 1]));
  h = conv2d(silu(groupNorm(h, weights, 'norm2', norm.groups, norm.epsilon)), weights, 'conv2', out, 3);
  return blockEnd(add(x.dim(1) === out ? x : conv2d(x, weights, 'conv_shortcut', out, 1), h));
}

/** Twice the height and width: nearest neighbour, then `upsamplers.0.conv`. */
export function upsample(x: Tensor, weights: Weights): Tensor {
  return blockEnd(conv2d(upsampleNearest2(x), scope(weights, 'upsamplers.0'), 'conv', x.dim(1), 3));
}
