import { add } from '../graph/operators/elementwise';
import { blockEnd } from '../graph/operators/layout';
import type { Tensor } from '../graph/tensor';
import { attend, fusedAttention, stopFirstPosition } from '../nn/attention';
import { conv2d, geglu, groupNorm, layerNorm, linear, toPicture, toTokens } from '../nn/layers';
import { scope, type Weights } from '../nn/weights';

/** Collects cross-attention probabilities [batch, heads, height·width, positions] by layer name, as the checkpoint's. */
export type AttentionMaps = Map<string, Tensor>;

/** What a transformer layer needs to know of its surroundings. */
export interface TransformerContext {
  /** Text features [batch, positions, width]. */
  text: Tensor;
  heads: number;
  layers: number;
  normGroups: number;
  useLinearProjection: boolean;
  /** The layer's name in the checkpoint, and where to put its maps if they are wanted. */
  name: string;
  maps?: AttentionMaps;
}

/** A transformer over the pixels of [batch, channels, height, width] (Rombach et al., 2022), with its residual. */
export function spatialTransformer(x: Tensor, weights: Weights, context: TransformerContext): Tensor {
  const [channels, height, width] = [x.dim(1), x.dim(2), x.dim(3)];
  const { useLinearProjection: flat } = context;
  const normalised = groupNorm(x, weights, 'norm', context.normGroups, 1e-6);
  let tokens = flat
    ? linear(toTokens(normalised), weights, 'proj_in', channels)
    : toTokens(conv2d(normalised, weights, 'proj_in', channels, 1));
  for (let i = 0; i < context.layers; i++) {
    const name = `transformer_blocks.${i}`;
    tokens = transformerBlock(tokens, scope(weights, name), { ...context, name: `${context.name}.${name}` });
  }
  const output = flat
    ? toPicture(linear(tokens, weights, 'proj_out', channels), height, width)
    : conv2d(toPicture(tokens, height, width), weights, 'proj_out', channels, 1);
  return blockEnd(add(output, x));
}

function transformerBlock(x: Tensor, weights: Weights, context: TransformerContext): Tensor {
  x = add(x, attention(layerNorm(x, weights, 'norm1'), undefined, scope(weights, 'attn1'), context, 'attn1'));
  x = add(x, attention(layerNorm(x, weights, 'norm2'), context.text, scope(weights, 'attn2'), context, 'attn2'));
  const hidden = geglu(layerNorm(x, weights, 'norm3'), weights, 'ff.net.0.proj', x.dim(2) * 4);
  return blockEnd(add(x, linear(hidden, weights, 'ff.net.2', x.dim(2))));
}

function attention(
  x: Tensor,
  text: Tensor | undefined,
  weights: Weights,
  context: TransformerContext,
  name: string,
): Tensor {
  const width = x.dim(2);
  const from = text ?? x;
  const q = linear(x, weights, 'to_q', width, false);
  let k = linear(from, weights, 'to_k', width, false);
  let v = linear(from, weights, 'to_v', width, false);
  if (text) [k, v] = [stopFirstPosition(k), stopFirstPosition(v)];
  let output: Tensor;
  if (text && context.maps) {
    const attended = attend(q, k, v, context.heads);
    context.maps.set(`${context.name}.${name}`, attended.probabilities);
    output = attended.output;
  } else output = fusedAttention(q, k, v, context.heads);
  return linear(output, weights, 'to_out.0', width);
}
