/**
 * How far a figure may be from the reference: largest absolute difference over the reference's largest absolute value, unless a
 * check says otherwise. Float32 sums in another order differ by about 1e-7 a layer; these leave room for depth, not for mistakes.
 */
export const limits = {
  textEncoder: 1e-5,
  autoencoder: 1e-5,
  unet: 1e-5,
  attention: 1e-5,
  solver: 1e-5,
  gradient: 1e-4,
  /** |ours / reference − 1|, of each loss. */
  loss: 1e-4,
  /** Relative L2 error of a tensor's change over the whole trajectory. */
  change: 1e-2,
  picture: 1e-4,
  /** The least limit of any tensor by device: graphics processors sum and approximate in their own way. */
  onDevice: { cpu: 0, webgpu: 1e-4, cuda: 1e-4 },
} as const;
