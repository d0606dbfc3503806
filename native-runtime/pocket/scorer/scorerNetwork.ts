import { reshape, slice, transpose } from '../../graph/operators/layout';
import { reduceMean, softmax } from '../../graph/operators/reduce';
import type { Tensor } from '../../graph/tensor';
import { resnetBlock, type Norm } from '../../models/blocks';
import { conv2d, groupNorm, linear, silu, toTokens } from '../../nn/layers';
import { scope, type Weights } from '../../nn/weights';
import type { ScorerConfig } from './scorerConfig';

/** Picture pixels a grid cell covers, each way. */
export const CELL_SIZE = 8;

/** Classes of a cell besides the species: nothing (first) and unclear (last). */
export const EXTRA_CLASSES = 2;

/** What the network says. Cells run in rows from the top left; all but boxes are probabilities. */
export interface ScorerOutputs {
  /** [batch, cells, 1 + species + 1]: nothing, the species, unclear. */
  species: Tensor;
  /** [batch, cells, coats] */
  coats: Tensor;
  /** [batch, cells, patterns] */
  patterns: Tensor;
  /** [batch, cells, 4]: left, top, right, bottom of the cell's animal, from the cell's centre, in picture widths. */
  boxes: Tensor;
  /** [batch, backgrounds + 1]: the backgrounds, unclear. */
  background: Tensor;
}

const NORM: Norm = { groups: 8, epsilon: 1e-5 };

/**
 * A convolutional detector without anchors, in the manner of FCOS (Tian et al., 2019): pictures [batch, 3, size, size] in
 * [−1, 1]; three halvings to one cell per 8×8 pixels, each of which says what animal it lies on and how far it reaches.
 */
export function scorerNetwork(pictures: Tensor, weights: Weights, config: ScorerConfig): ScorerOutputs {
  const [first, second, third] = config.channels as [number, number, number];
  const halve = (input: Tensor, name: string, channels: number) => {
    const active = silu(groupNorm(input, weights, `${name}.norm`, NORM.groups, NORM.epsilon));
    return conv2d(active, scope(weights, name), 'conv', channels, 3, 2, [0, 0, 1, 1]);
  };
  // Half the resolution in four times the channels: full resolution would cost more than all the rest.
  let x = conv2d(quarter(pictures), weights, 'conv_in', first, 3);
  x = halve(x, 'down.0', second);
  x = resnetBlock(x, scope(weights, 'block.0'), second, NORM);
  x = halve(x, 'down.1', third);
  x = resnetBlock(x, scope(weights, 'block.1'), third, NORM);
  const features = silu(groupNorm(x, weights, 'conv_norm_out', NORM.groups, NORM.epsilon));

  const widths = [config.species.length + EXTRA_CLASSES, config.coats.length, config.patterns.length, 4];
  const total = widths.reduce((sum, width) => sum + width);
  const cells = toTokens(conv2d(features, weights, 'cells', total, 1));
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
  const [species, coats, patterns, boxes] = widths.map((width, i) => slice(cells, -1, starts[i]!, starts[i]! + width));
  // A mean over the whole picture would not tell sky from floor: rows are kept.
  const rows = reshape(reduceMean(features, [3]), [pictures.dim(0), -1]);
  const background = linear(rows, weights, 'background', config.backgrounds.length + 1);
  return {
    species: softmax(species!),
    coats: softmax(coats!),
    patterns: softmax(patterns!),
    boxes: boxes!,
    background: softmax(background),
  };
}

/** [batch, 3, height, width] → [batch, 12, height / 2, width / 2]: the four pixels of each 2×2 block as channels. */
function quarter(pictures: Tensor): Tensor {
  const [batch, channels, height, width] = pictures.shape as [number, number, number, number];
  const blocks = reshape(pictures, [batch, channels, height / 2, 2, width / 2, 2]);
  return reshape(transpose(blocks, [0, 1, 3, 5, 2, 4]), [batch, channels * 4, height / 2, width / 2]);
}
