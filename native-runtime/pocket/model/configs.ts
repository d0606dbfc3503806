/** `vae/config.json` of the pocket model: 64-pixel pictures to 16×16×4 latents. */
export const vaeConfig = {
  _class_name: 'AutoencoderKL',
  in_channels: 3,
  out_channels: 3,
  latent_channels: 4,
  block_out_channels: [32, 48, 64],
  down_block_types: ['DownEncoderBlock2D', 'DownEncoderBlock2D', 'DownEncoderBlock2D'],
  up_block_types: ['UpDecoderBlock2D', 'UpDecoderBlock2D', 'UpDecoderBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 8,
  act_fn: 'silu',
  sample_size: 64,
  // Each latent channel is standardised inside quant_conv, so nothing is left to scale.
  scaling_factor: 1,
};

/** `unet/config.json`: cross-attention at 16×16 and 8×8. */
export const unetConfig = {
  _class_name: 'UNet2DConditionModel',
  sample_size: 16,
  in_channels: 4,
  out_channels: 4,
  block_out_channels: [64, 128, 128],
  down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
  mid_block_type: 'UNetMidBlock2DCrossAttn',
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
  layers_per_block: 1,
  cross_attention_dim: 96,
  attention_head_dim: [2, 4, 4],
  norm_num_groups: 16,
  act_fn: 'silu',
};

/** `text_encoder/config.json` for a vocabulary of the given size. */
export function textEncoderConfig(vocabularySize: number) {
  return {
    architectures: ['CLIPTextModel'],
    model_type: 'clip_text_model',
    vocab_size: vocabularySize,
    hidden_size: 96,
    intermediate_size: 384,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    hidden_act: 'quick_gelu',
    max_position_embeddings: 77,
    layer_norm_eps: 1e-5,
    bos_token_id: vocabularySize - 2,
    eos_token_id: vocabularySize - 1,
    pad_token_id: vocabularySize - 1,
    projection_dim: 96,
  };
}

/** `scheduler/scheduler_config.json`: Stable Diffusion's noise schedule. */
export const schedulerConfig = {
  _class_name: 'DDIMScheduler',
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  num_train_timesteps: 1000,
  prediction_type: 'epsilon',
  steps_offset: 1,
  clip_sample: false,
  set_alpha_to_one: false,
};
