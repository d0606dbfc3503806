import { add, cast, equal, gelu, less, mul, quickGelu, sub, where } from '../graph/operators/elementwise';
import { blockEnd, gather, reshape } from '../graph/operators/layout';
import { matMul } from '../graph/operators/matrix';
import { reduceSum } from '../graph/operators/reduce';
import { constant, filled, integers, type Tensor } from '../graph/tensor';
import { attend } from '../nn/attention';
import { layerNorm, linear } from '../nn/layers';
import { scope, type Weights } from '../nn/weights';
import { float32 } from '../tensorData';
import type { TextEncoderConfig } from './textEncoderConfig';

/** What a text encoder is asked. */
export interface TextInputs {
  /** int64 [batch, positions]; ids from `vocabularySize` on are modifier tokens. */
  inputIds: Tensor;
  /** Embeddings of the modifier tokens [count, hiddenSize]; absent when there are none. */
  modifierRows?: Tensor;
  /** float32 [batch, positions], 1 at the position the pooled output is read from (the first end of text). */
  poolMask?: Tensor;
}

/** A text encoder's results: every layer's state, the normalised last one, and the pooled projection where it exists. */
export interface EncodedText {
  /** [batch, positions, hiddenSize] each: the embeddings, then every layer's output. */
  hiddenStates: Tensor[];
  lastHiddenState: Tensor;
  /** [batch, projection]. */
  textEmbeds?: Tensor;
}

/** CLIP's text transformer (Radford et al., 2021), causal. */
export function textEncoder(inputs: TextInputs, weights: Weights, config: TextEncoderConfig): EncodedText {
  const model = scope(weights, 'text_model');
  let x = embed(inputs, model, config);
  const hiddenStates = [x];
  const mask = causalMask(config.positions);
  for (let i = 0; i < config.layers; i++) {
    x = layer(x, scope(model, `encoder.layers.${i}`), config, mask);
    hiddenStates.push(x);
  }
  const lastHiddenState = layerNorm(x, model, 'final_layer_norm', config.epsilon);
  if (!config.projection || !inputs.poolMask) return { hiddenStates, lastHiddenState };
  const pooled = matMul(reshape(inputs.poolMask, [x.dim(0), 1, x.dim(1)]), lastHiddenState);
  const textEmbeds = linear(
    reshape(pooled, [x.dim(0), config.hiddenSize]),
    weights,
    'text_projection',
    config.projection,
    false,
  );
  return { hiddenStates, lastHiddenState, textEmbeds };
}

/** Token plus position embeddings. Modifier rows enter by a small product, so the frozen table is never copied. */
function embed({ inputIds, modifierRows }: TextInputs, model: Weights, config: TextEncoderConfig): Tensor {
  const table = model('embeddings.token_embedding.weight', [config.vocabularySize, config.hiddenSize]);
  const positions = model('embeddings.position_embedding.weight', [config.positions, config.hiddenSize]);
  if (!modifierRows) return add(gather(table, inputIds), positions);
  const count = modifierRows.dim(0);
  const known = less(inputIds, config.vocabularySize);
  const frozen = gather(table, where(known, inputIds, filled([], 0, 'int64')));
  const [batch, length] = [inputIds.dim(0), inputIds.dim(1)];
  const ids = integers(Array.from({ length: count }, (_, i) => config.vocabularySize + i));
  const oneHot = cast(equal(reshape(inputIds, [batch, length, 1]), ids), 'float32');
  const isModifier = reduceSum(oneHot, [2], true);
  return add(add(mul(frozen, sub(1, isModifier)), matMul(oneHot, modifierRows)), positions);
}

function layer(x: Tensor, weights: Weights, config: TextEncoderConfig, mask: Tensor): Tensor {
  const width = config.hiddenSize;
  const attention = scope(weights, 'self_attn');
  const normalised = layerNorm(x, weights, 'layer_norm1', config.epsilon);
  const [q, k, v] = ['q_proj', 'k_proj', 'v_proj'].map((name) => linear(normalised, attention, name, width)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  x = add(x, linear(attend(q, k, v, config.heads, mask).output, attention, 'out_proj', width));
  const mlp = scope(weights, 'mlp');
  const hidden = linear(layerNorm(x, weights, 'layer_norm2', config.epsilon), mlp, 'fc1', config.intermediateSize);
  const activated = config.activation === 'gelu' ? gelu(hidden) : quickGelu(hidden, 1.702);
  return blockEnd(add(x, linear(activated, mlp, 'fc2', width)));
}

function causalMask(positions: number): Tensor {
  const mask = float32([positions, positions]);
  for (let i = 0; i < positions; i++) mask.data.fill(-3e38, i * positions + i + 1, (i + 1) * positions);
  return constant(mask);
}
