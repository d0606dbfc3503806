import type { ModelFamily } from '../formats/identify';

/** What a single file does not say: heads, norm groups and prediction type are in no tensor's shape. */
export interface PublishedConfigs {
  unet: Record<string, unknown>;
  vae: Record<string, unknown>;
  textEncoders: Record<string, unknown>[];
  scheduler: Record<string, unknown>;
}

const cross = 'CrossAttnDownBlock2D';
const crossUp = 'CrossAttnUpBlock2D';
const unet = {
  sample_size: 64,
  block_out_channels: [320, 640, 1280, 1280],
  down_block_types: [cross, cross, cross, 'DownBlock2D'],
  up_block_types: ['UpBlock2D', crossUp, crossUp, crossUp],
  cross_attention_dim: 768,
  attention_head_dim: 8,
};
const vae = {
  block_out_channels: [128, 256, 512, 512],
  down_block_types: Array.from({ length: 4 }, () => 'DownEncoderBlock2D'),
  layers_per_block: 2,
};
const clipL = {
  architectures: ['CLIPTextModel'],
  vocab_size: 49408,
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  eos_token_id: 49407,
};
const scheduler = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  num_train_timesteps: 1000,
  steps_offset: 1,
  clip_sample: false,
  set_alpha_to_one: false,
  skip_prk_steps: true,
};

/** The published architectures, for single files, which carry no config. */
export const publishedConfigs: Record<ModelFamily, PublishedConfigs> = {
  'Stable Diffusion 1.x': { unet, vae, textEncoders: [clipL], scheduler },
  'Stable Diffusion 2.x': {
    unet: {
      ...unet,
      sample_size: 96,
      cross_attention_dim: 1024,
      attention_head_dim: [5, 10, 20, 20],
      use_linear_projection: true,
    },
    vae,
    textEncoders: [
      {
        ...clipL,
        hidden_size: 1024,
        intermediate_size: 4096,
        num_hidden_layers: 23,
        num_attention_heads: 16,
        hidden_act: 'gelu',
      },
    ],
    scheduler: { ...scheduler, prediction_type: 'v_prediction' },
  },
  SDXL: {
    unet: {
      sample_size: 128,
      block_out_channels: [320, 640, 1280],
      down_block_types: ['DownBlock2D', cross, cross],
      up_block_types: [crossUp, crossUp, 'UpBlock2D'],
      cross_attention_dim: 2048,
      attention_head_dim: [5, 10, 20],
      transformer_layers_per_block: [1, 2, 10],
      use_linear_projection: true,
      addition_embed_type: 'text_time',
      addition_time_embed_dim: 256,
      projection_class_embeddings_input_dim: 2816,
    },
    vae: { ...vae, scaling_factor: 0.13025 },
    textEncoders: [
      clipL,
      {
        ...clipL,
        architectures: ['CLIPTextModelWithProjection'],
        hidden_size: 1280,
        intermediate_size: 5120,
        num_hidden_layers: 32,
        num_attention_heads: 20,
        hidden_act: 'gelu',
        projection_dim: 1280,
      },
    ],
    scheduler: { ...scheduler, timestep_spacing: 'leading' },
  },
};
