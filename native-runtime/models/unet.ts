import { ProductError } from '../../src/common/errors';
import { add, cast, cos, mul, sin } from '../graph/operators/elementwise';
import { blockEnd, concat, reshape } from '../graph/operators/layout';
import { constant, type Tensor } from '../graph/tensor';
import { conv2d, groupNorm, linear, silu } from '../nn/layers';
import { scope, type Weights } from '../nn/weights';
import { float32 } from '../tensorData';
import { resnetBlock, upsample } from './blocks';
import { spatialTransformer, type AttentionMaps } from './transformer';
import type { UnetConfig, UnetLevel } from './unetConfig';

/** SDXL's conditioning beside the text: pooled text [batch, width] and six sizes [batch, 6]. */
export interface AddedConditions {
  textEmbeds: Tensor;
  timeIds: Tensor;
}

/** What the UNet is asked. */
export interface UnetInputs {
  /** Noisy latents [batch, channels, height, width]. */
  sample: Tensor;
  /** [batch], float32. */
  timestep: Tensor;
  /** Text features [batch, positions, width]. */
  encoderHiddenStates: Tensor;
  added?: AddedConditions;
}

/**
 * The denoising UNet: predicts noise or velocity [batch, channels, height, width]. With `maps`, cross-attention
 * probabilities are collected by layer name.
 */
export function unet(inputs: UnetInputs, weights: Weights, config: UnetConfig, maps?: AttentionMaps): Tensor {
  const builder = new UnetBuilder(inputs, weights, config, maps);
  return builder.build();
}

class UnetBuilder {
  private readonly norm;
  private readonly time: Tensor;

  constructor(
    private readonly inputs: UnetInputs,
    private readonly weights: Weights,
    private readonly config: UnetConfig,
    private readonly maps: AttentionMaps | undefined,
  ) {
    this.norm = { groups: config.normGroups, epsilon: config.normEpsilon };
    const multiple = 2 ** (config.levels.length - 1);
    const { sample } = inputs;
    if (sample.dim(2) % multiple || sample.dim(3) % multiple)
      throw new ProductError(
        'bad-input',
        'size',
        `latents of ${sample.dim(3)}×${sample.dim(2)}`,
        `Use multiples of ${multiple}`,
      );
    this.time = silu(this.timeEmbedding());
  }

  build(): Tensor {
    const { levels } = this.config;
    let x = conv2d(this.inputs.sample, this.weights, 'conv_in', levels[0]!.channels, 3);
    const skips = [x];
    levels.forEach((level, i) => {
      x = this.down(x, level, i, skips);
    });
    x = this.middle(x, levels.at(-1)!);
    [...levels].reverse().forEach((level, i) => {
      x = this.up(x, level, i, skips);
    });
    x = silu(groupNorm(x, this.weights, 'conv_norm_out', this.norm.groups, this.norm.epsilon));
    return conv2d(x, this.weights, 'conv_out', this.config.outChannels, 3);
  }

  private down(x: Tensor, level: UnetLevel, index: number, skips: Tensor[]): Tensor {
    const block = scope(this.weights, `down_blocks.${index}`);
    for (let j = 0; j < level.layers; j++) {
      x = resnetBlock(x, scope(block, `resnets.${j}`), level.channels, this.norm, this.time);
      if (level.transformerLayers)
        x = this.attend(x, `down_blocks.${index}.attentions.${j}`, level, level.transformerLayers);
      skips.push(x);
    }
    if (index < this.config.levels.length - 1) {
      x = blockEnd(conv2d(x, block, 'downsamplers.0.conv', level.channels, 3, 2, [1, 1, 1, 1]));
      skips.push(x);
    }
    return x;
  }

  private middle(x: Tensor, level: UnetLevel): Tensor {
    const block = scope(this.weights, 'mid_block');
    x = resnetBlock(x, scope(block, 'resnets.0'), level.channels, this.norm, this.time);
    x = this.attend(x, 'mid_block.attentions.0', level, this.config.midTransformerLayers);
    return resnetBlock(x, scope(block, 'resnets.1'), level.channels, this.norm, this.time);
  }

  private up(x: Tensor, level: UnetLevel, index: number, skips: Tensor[]): Tensor {
    const block = scope(this.weights, `up_blocks.${index}`);
    for (let j = 0; j <= level.layers; j++) {
      x = resnetBlock(concat([x, skips.pop()!], 1), scope(block, `resnets.${j}`), level.channels, this.norm, this.time);
      if (this.config.upHasAttention[index])
        x = this.attend(x, `up_blocks.${index}.attentions.${j}`, level, level.transformerLayers || 1);
    }
    return index < this.config.levels.length - 1 ? upsample(x, block) : x;
  }

  private attend(x: Tensor, name: string, level: UnetLevel, layers: number): Tensor {
    return spatialTransformer(x, scope(this.weights, name), {
      text: this.inputs.encoderHiddenStates,
      heads: level.heads,
      layers,
      normGroups: this.config.normGroups,
      useLinearProjection: this.config.useLinearProjection,
      name,
      maps: this.maps,
    });
  }

  private timeEmbedding(): Tensor {
    const { levels, addition } = this.config;
    const width = levels[0]!.channels * 4;
    const embed = (x: Tensor, name: string) =>
      linear(silu(linear(x, this.weights, `${name}.linear_1`, width)), this.weights, `${name}.linear_2`, width);
    const time = embed(this.sinusoids(this.inputs.timestep, levels[0]!.channels), 'time_embedding');
    if (!addition) return time;
    const { added } = this.inputs;
    if (!added) throw new ProductError('internal', 'added', 'this UNet needs pooled text and sizes');
    const sizes = this.sinusoids(reshape(added.timeIds, [-1]), addition.timeDim);
    const joined = concat([added.textEmbeds, reshape(sizes, [added.timeIds.dim(0), -1])], 1);
    return add(time, embed(joined, 'add_embedding'));
  }

  /** Sinusoidal embedding of [count] numbers, [count, width] (Vaswani et al., 2017, eq. of section 3.5). */
  private sinusoids(values: Tensor, width: number): Tensor {
    const half = width / 2;
    const step = -Math.log(10000) / (half - this.config.freqShift);
    const frequencies = float32(
      [1, half],
      Array.from({ length: half }, (_, i) => Math.exp(i * step)),
    );
    const angles = mul(reshape(cast(values, 'float32'), [-1, 1]), constant(frequencies));
    const [s, c] = [sin(angles), cos(angles)];
    return concat(this.config.flipSinToCos ? [c, s] : [s, c], 1);
  }
}
