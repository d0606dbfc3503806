import { z } from 'zod';
import { ProductError } from '../../src/common/errors';
import { parseModelConfig } from './parseConfig';

const schema = z.object({
  in_channels: z.number().int().positive().default(3),
  out_channels: z.number().int().positive().default(3),
  latent_channels: z.number().int().positive().default(4),
  block_out_channels: z.array(z.number().int().positive()).min(1),
  down_block_types: z.array(z.string()).min(1),
  layers_per_block: z.number().int().positive().default(1),
  norm_num_groups: z.number().int().positive().default(32),
  scaling_factor: z.number().positive().default(0.18215),
  shift_factor: z.number().nullish(),
  mid_block_add_attention: z.boolean().default(true),
  use_quant_conv: z.boolean().default(true),
  use_post_quant_conv: z.boolean().default(true),
});

/** An autoencoder's architecture, read from diffusers' config.json. */
export interface AutoencoderConfig {
  channels: number[];
  latentChannels: number;
  layersPerBlock: number;
  normGroups: number;
  /** Latents are multiplied by this for the UNet. */
  scalingFactor: number;
  midAttention: boolean;
  useQuantConv: boolean;
  usePostQuantConv: boolean;
  /** Picture pixels per latent cell, each way: 8 for Stable Diffusion. */
  scaleFactor: number;
}

/** Reads `vae/config.json`. @throws ProductError `bad-model` or `unsupported-model`. */
export function parseAutoencoderConfig(json: unknown, where: string): AutoencoderConfig {
  const c = parseModelConfig(schema, json, where);
  if (c.down_block_types.some((t) => t !== 'DownEncoderBlock2D') || c.shift_factor || c.in_channels !== 3)
    throw new ProductError('unsupported-model', where, 'this autoencoder variant is not supported');
  return {
    channels: c.block_out_channels,
    latentChannels: c.latent_channels,
    layersPerBlock: c.layers_per_block,
    normGroups: c.norm_num_groups,
    scalingFactor: c.scaling_factor,
    midAttention: c.mid_block_add_attention,
    useQuantConv: c.use_quant_conv,
    usePostQuantConv: c.use_post_quant_conv,
    scaleFactor: 2 ** (c.block_out_channels.length - 1),
  };
}
