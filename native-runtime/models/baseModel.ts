import type { WeightSource } from '../formats/compvis';
import type { ModelFamily } from '../formats/identify';
import type { WeightFile } from '../formats/weightFile';
import type { Tensor } from '../graph/tensor';
import { FileWeights } from '../nn/weights';
import type { SchedulerConfig } from '../sample/schedulers/schedulerConfig';
import type { AutoencoderConfig } from './autoencoderConfig';
import type { TextEncoderConfig } from './textEncoderConfig';
import type { UnetConfig } from './unetConfig';

/** One network of a base model: its architecture and where its weights lie. */
export interface Component<Config> {
  config: Config;
  file: WeightFile;
  /** Tensor name in diffusers → where it is in the file. */
  sources: ReadonlyMap<string, WeightSource>;
}

/** A Stable Diffusion model on disk, opened but not loaded. */
export interface BaseModel {
  path: string;
  family: ModelFamily;
  unet: Component<UnetConfig>;
  vae: Component<AutoencoderConfig>;
  /** One, or two for SDXL. */
  textEncoders: (Component<TextEncoderConfig> & { tokenizerFolder: string })[];
  scheduler: SchedulerConfig;
  /** Tells whether a delta belongs to this base: a hash over every tensor's name, shape and place, and file sizes. */
  fingerprint: string;
}

/** The weight files of a base, each once. */
export function baseFiles({ unet, vae, textEncoders }: BaseModel): string[] {
  return [...new Set([unet, vae, ...textEncoders].map(({ file }) => file.path))];
}

/** The weights of a component for building graphs; `replaced` are trained or changed tensors by name. */
export function componentWeights<C>(component: Component<C>, replaced?: ReadonlyMap<string, Tensor>): FileWeights {
  return new FileWeights(component.file, (name) => component.sources.get(name), replaced);
}
