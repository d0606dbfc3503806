import type { ServedRepository } from './hubServer';

/** A diffusers repository in 16 and 32 bits with pickles beside them, like the published ones but for its size. */
export function diffusersRepository(): ServedRepository {
  const text = (value: unknown) => Buffer.from(JSON.stringify(value));
  const weights = (seed: number, size: number) =>
    Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 7 + (i >> 8)) & 255));
  const part = (folder: string, stem: string, seed: number) => ({
    [`${folder}/config.json`]: text({ folder }),
    [`${folder}/${stem}.safetensors`]: weights(seed, 200_000),
    [`${folder}/${stem}.fp16.safetensors`]: weights(seed + 1, 100_000),
    [`${folder}/${stem}.bin`]: weights(seed + 2, 5000),
  });
  return {
    name: 'someone/tiny-diffusion',
    commit: 'c0ffee0000000000000000000000000000000001',
    gated: false,
    cardData: { license: 'creativeml-openrail-m' },
    files: {
      'README.md': Buffer.from('# Tiny'),
      'model_index.json': text({ _class_name: 'StableDiffusionPipeline' }),
      ...part('unet', 'diffusion_pytorch_model', 1),
      ...part('vae', 'diffusion_pytorch_model', 4),
      ...part('text_encoder', 'model', 7),
      'safety_checker/model.safetensors': weights(20, 9000),
      'scheduler/scheduler_config.json': text({ _class_name: 'PNDMScheduler' }),
      'tokenizer/vocab.json': text({ a: 0 }),
      'tokenizer/merges.txt': Buffer.from('#version: 0.2\n'),
      'tokenizer/tokenizer_config.json': text({}),
    },
  };
}
