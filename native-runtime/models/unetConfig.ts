import { z } from 'zod';
import { ProductError } from '../../src/common/errors';
import { parseModelConfig } from './parseConfig';

const perLevel = z.union([z.number().int().positive(), z.array(z.number().int().positive())]);

const schema = z.object({
  in_channels: z.number().int().positive().default(4),
  out_channels: z.number().int().positive().default(4),
  down_block_types: z.array(z.string()).min(1),
  mid_block_type: z.string().nullish().default('UNetMidBlock2DCrossAttn'),
  up_block_types: z.array(z.string()).min(1),
  block_out_channels: z.array(z.number().int().positive()).min(1),
  layers_per_block: perLevel.default(2),
  cross_attention_dim: perLevel.default(768),
  // In diffusers this is the number of heads, whatever its name says.
  attention_head_dim: perLevel.default(8),
  num_attention_heads: perLevel.nullish(),
  transformer_layers_per_block: perLevel.default(1),
  use_linear_projection: z.boolean().default(false),
  norm_num_groups: z.number().int().positive().default(32),
  norm_eps: z.number().positive().default(1e-5),
  act_fn: z.string().default('silu'),
  flip_sin_to_cos: z.boolean().default(true),
  freq_shift: z.number().default(0),
  downsample_padding: z.number().int().default(1),
  sample_size: z.union([z.number(), z.array(z.number())]).nullish(),
  addition_embed_type: z.string().nullish(),
  addition_time_embed_dim: z.number().nullish(),
  projection_class_embeddings_input_dim: z.number().nullish(),
  class_embed_type: z.string().nullish(),
  encoder_hid_dim_type: z.string().nullish(),
  resnet_time_scale_shift: z.string().default('default'),
  only_cross_attention: z.union([z.boolean(), z.array(z.boolean())]).default(false),
  dual_cross_attention: z.boolean().default(false),
  conv_in_kernel: z.number().default(3),
  conv_out_kernel: z.number().default(3),
});

/** One resolution level of the UNet. */
export interface UnetLevel {
  channels: number;
  /** Number of attention heads, and transformer blocks per attention layer; 0 blocks: no attention. */
  heads: number;
  transformerLayers: number;
  crossAttentionDim: number;
  layers: number;
}

/** A UNet's architecture, read from diffusers' config.json. */
export interface UnetConfig {
  inChannels: number;
  outChannels: number;
  levels: UnetLevel[];
  /** Up blocks from the deepest level to the first. */
  upHasAttention: boolean[];
  midTransformerLayers: number;
  useLinearProjection: boolean;
  normGroups: number;
  normEpsilon: number;
  flipSinToCos: boolean;
  freqShift: number;
  /** Latent edge length the model was trained at. */
  sampleSize: number;
  /** SDXL's extra conditioning: width of one size embedding and of the whole input. */
  addition?: { timeDim: number; inputDim: number };
}

/**
 * Reads `unet/config.json`.
 * @throws ProductError `unsupported-model` naming what this is (inpainting, …), or `bad-model` for a damaged config.
 */
export function parseUnetConfig(json: unknown, where: string): UnetConfig {
  const c = parseModelConfig(schema, json, where);
  refuseUnsupported(c, where);
  const count = c.block_out_channels.length;
  const at = (value: number | number[], level: number) => (Array.isArray(value) ? value[level] : value) ?? 1;
  const heads = c.num_attention_heads ?? c.attention_head_dim;
  const levels = c.block_out_channels.map((channels, i) => ({
    channels,
    heads: at(heads, i),
    transformerLayers: c.down_block_types[i] === 'CrossAttnDownBlock2D' ? at(c.transformer_layers_per_block, i) : 0,
    crossAttentionDim: at(c.cross_attention_dim, i),
    layers: at(c.layers_per_block, i),
  }));
  return {
    inChannels: c.in_channels,
    outChannels: c.out_channels,
    levels,
    upHasAttention: c.up_block_types.map((type) => type === 'CrossAttnUpBlock2D'),
    midTransformerLayers: at(c.transformer_layers_per_block, count - 1),
    useLinearProjection: c.use_linear_projection,
    normGroups: c.norm_num_groups,
    normEpsilon: c.norm_eps,
    flipSinToCos: c.flip_sin_to_cos,
    freqShift: c.freq_shift,
    sampleSize: (Array.isArray(c.sample_size) ? c.sample_size[0] : c.sample_size) ?? 64,
    addition: c.addition_embed_type
      ? { timeDim: c.addition_time_embed_dim!, inputDim: c.projection_class_embeddings_input_dim! }
      : undefined,
  };
}

function refuseUnsupported(c: z.infer<typeof schema>, where: string): void {
  const refuse = (what: string) => {
    throw new ProductError(
      'unsupported-model',
      where,
      what,
      'Use a Stable Diffusion 1.x, 2.x or SDXL text-to-image base',
    );
  };
  if (c.in_channels === 9) refuse('this is an inpainting model (9 input channels)');
  if (c.in_channels === 8) refuse('this is an image-editing model (8 input channels)');
  if (c.in_channels !== 4) refuse(`${c.in_channels} input channels are not supported`);
  const known = [...c.down_block_types, ...c.up_block_types].every((t) => /^(CrossAttn)?(Down|Up)Block2D$/.test(t));
  if (!known) refuse(`block types ${[...c.down_block_types, ...c.up_block_types].join(', ')} are not supported`);
  if (c.mid_block_type && c.mid_block_type !== 'UNetMidBlock2DCrossAttn')
    refuse(`${c.mid_block_type} is not supported`);
  if (
    c.down_block_types.length !== c.block_out_channels.length ||
    c.up_block_types.length !== c.block_out_channels.length
  )
    throw new ProductError(
      'bad-model',
      where,
      'the numbers of blocks and channels differ',
      'Download the base model again',
    );
  if (c.addition_embed_type && c.addition_embed_type !== 'text_time')
    refuse(`addition_embed_type ${c.addition_embed_type}`);
  if (c.class_embed_type || c.encoder_hid_dim_type) refuse('class or image conditioning is not supported');
  if (c.only_cross_attention === true || c.dual_cross_attention) refuse('only/dual cross-attention is not supported');
  if (c.resnet_time_scale_shift !== 'default' || c.act_fn !== 'silu')
    refuse('this residual block variant is not supported');
  if (c.conv_in_kernel !== 3 || c.conv_out_kernel !== 3 || c.downsample_padding !== 1) refuse('unusual convolutions');
}
