import { z } from 'zod';
import { ProductError } from '../../src/common/errors';
import { parseModelConfig } from './parseConfig';

const schema = z.object({
  vocab_size: z.number().int().positive(),
  hidden_size: z.number().int().positive(),
  intermediate_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  hidden_act: z.string().default('quick_gelu'),
  max_position_embeddings: z.number().int().positive().default(77),
  layer_norm_eps: z.number().positive().default(1e-5),
  eos_token_id: z.number().int().nullish(),
  projection_dim: z.number().int().positive().nullish(),
  architectures: z.array(z.string()).nullish(),
});

/** A CLIP text encoder's architecture, read from transformers' config.json. */
export interface TextEncoderConfig {
  vocabularySize: number;
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  activation: 'quick_gelu' | 'gelu';
  positions: number;
  epsilon: number;
  eosTokenId: number;
  /** Width of the pooled output when the checkpoint has a projection (SDXL's second encoder). */
  projection?: number;
}

/** Reads `text_encoder/config.json`. @throws ProductError `bad-model` or `unsupported-model`. */
export function parseTextEncoderConfig(json: unknown, where: string): TextEncoderConfig {
  const c = parseModelConfig(schema, json, where);
  if (c.hidden_act !== 'quick_gelu' && c.hidden_act !== 'gelu')
    throw new ProductError('unsupported-model', where, `hidden_act ${c.hidden_act} is not supported`);
  return {
    vocabularySize: c.vocab_size,
    hiddenSize: c.hidden_size,
    intermediateSize: c.intermediate_size,
    layers: c.num_hidden_layers,
    heads: c.num_attention_heads,
    activation: c.hidden_act,
    positions: c.max_position_embeddings,
    epsilon: c.layer_norm_eps,
    eosTokenId: c.eos_token_id ?? c.vocab_size - 1,
    projection: c.architectures?.includes('CLIPTextModelWithProjection')
      ? (c.projection_dim ?? c.hidden_size)
      : undefined,
  };
}
