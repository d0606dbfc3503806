import { elementCount } from '../tensorData';
import type { WeightInfo } from './weightFile';

/** What kind of thing a weight file holds. */
export type WeightKind =
  | 'single-file model'
  | 'unet'
  | 'autoencoder'
  | 'text encoder'
  | 'custom diffusion delta'
  | 'lora'
  | 'controlnet'
  | 'embedding'
  | 'unknown';

/** A model family; told by structure, so that small test models are recognised too. */
export type ModelFamily = 'Stable Diffusion 1.x' | 'Stable Diffusion 2.x' | 'SDXL';

/** The answer to "what is this file?". */
export interface Identification {
  kind: WeightKind;
  family?: ModelFamily;
  /** Naming of the tensors, where the kind has more than one. */
  naming?: 'diffusers' | 'CompVis' | 'kohya';
  /** Channels of the UNet's input: 4, or 9 for inpainting, 8 for picture editing, 5 for depth. */
  inputChannels?: number;
  /** Width of the text features the cross-attention reads (768, 1024 or 2048 in published models). */
  contextWidth?: number;
  parameters: number;
  /** Number of tensors of each element type. */
  dtypes: Record<string, number>;
  /** Why the product cannot train or sample with it, when it cannot. */
  unsupported?: string;
}

type Tensors = ReadonlyMap<string, Pick<WeightInfo, 'dtype' | 'shape'>>;

/** Tells from names and shapes alone what a file holds; nothing is read. */
export function identifyWeights(tensors: Tensors, metadata: Record<string, string> = {}): Identification {
  const names = [...tensors.keys()];
  const kind = kindOf(names, metadata);
  const isModel = kind === 'single-file model' || kind === 'unet' || kind === 'controlnet';
  const shapeOf = (pattern: RegExp) => tensors.get(names.find((n) => pattern.test(n)) ?? '')?.shape;
  const inputChannels = isModel
    ? shapeOf(/(^|\.)(diffusion_model\.input_blocks\.0\.0|conv_in)\.weight$/)?.[1]
    : undefined;
  return {
    kind,
    family: isModel ? familyOf(names, shapeOf) : undefined,
    naming: namingOf(names, kind),
    inputChannels,
    contextWidth: shapeOf(/attn2\.(processor\.)?to_k(_custom_diffusion)?\.weight$/)?.[1],
    parameters: [...tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0),
    dtypes: countBy([...tensors.values()].map(({ dtype }) => dtype)),
    unsupported: unsupportedReason(kind, names, inputChannels),
  };
}

const kindPatterns: readonly (readonly [WeightKind, RegExp])[] = [
  ['controlnet', /^(control_model\.|controlnet_|input_hint_block\.|zero_convs\.)/],
  ['lora', /\.(lora_(up|down|A|B)|lora\.(up|down)|hada_w1_a|lokr_w1)(\.|$)|^lora_(unet|te)/],
  ['single-file model', /^(first_stage_model|cond_stage_model|conditioner)\./],
  ['custom diffusion delta', /\.processor\.to_\w_custom_diffusion|^modifier_token\.|^unet\..*attn[12]\.to_/],
  ['unet', /^(model\.diffusion_model\.(input_blocks\.0\.0|time_embed)|input_blocks\.0\.0|conv_in)\./],
  [
    'custom diffusion delta',
    /^(model\.diffusion_model\.)?\w+blocks?\..*transformer_blocks\.\d+\.attn[12]\.to_|^embed$/,
  ],
  ['autoencoder', /^(encoder|decoder)\.(conv_in|mid)/],
  ['text encoder', /^(text_model\.)?(embeddings|encoder\.layers)\.|^transformer\.resblocks\./],
  ['embedding', /^(emb_params|string_to_param\.|clip_[lg]$|<.+>$)/],
];

function kindOf(names: string[], metadata: Record<string, string>): WeightKind {
  if (metadata['format'] === 'custom-diffusion-delta') return 'custom diffusion delta';
  return kindPatterns.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0] ?? 'unknown';
}

function familyOf(
  names: string[],
  shapeOf: (pattern: RegExp) => readonly number[] | undefined,
): ModelFamily | undefined {
  const some = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (some(/^conditioner\.embedders\.1\./)) return 'SDXL';
  if (some(/^cond_stage_model\.model\./)) return 'Stable Diffusion 2.x';
  if (some(/(^|\.)(label_emb\.0\.0|add_embedding\.linear_1)\./)) return 'SDXL';
  // SD 1.x projects into its transformers with a 1×1 convolution, later models with a matrix.
  const projection = shapeOf(/(attentions\.\d+|(input|output)_blocks\.\d+\.1|middle_block\.1)\.proj_in\.weight$/);
  if (!projection) return undefined;
  return projection.length === 4 ? 'Stable Diffusion 1.x' : 'Stable Diffusion 2.x';
}

function namingOf(names: string[], kind: WeightKind): Identification['naming'] {
  const some = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (kind === 'lora') return some(/^lora_(unet|te)/) ? 'kohya' : 'diffusers';
  if (some(/(^|\.)(input_blocks|output_blocks|middle_block|first_stage_model)\.|^decoder\.mid\./)) return 'CompVis';
  return some(/(down|up)_blocks\.|mid_block\./) ? 'diffusers' : undefined;
}

function unsupportedReason(kind: WeightKind, names: string[], channels: number | undefined): string | undefined {
  if (kind === 'controlnet') return 'this is a ControlNet, not a base model';
  if (channels === 9) return 'this is an inpainting model (its UNet takes 9 channels)';
  if (channels === 5) return 'this is a depth-guided model (its UNet takes 5 channels)';
  if (channels !== undefined && channels !== 4) return `its UNet takes ${channels} channels instead of 4`;
  if (names.some((n) => n.startsWith('conditioner.')) && !names.some((n) => n.startsWith('conditioner.embedders.1.')))
    return 'this is the refiner of SDXL, not its base model';
  if (names.some((n) => /^(embedder\.|noise_augmentor\.)/.test(n)))
    return 'this model is conditioned on pictures (unCLIP)';
  return undefined;
}

function countBy(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
