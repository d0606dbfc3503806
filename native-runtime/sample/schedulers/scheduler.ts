/**
 * A solver of the reverse diffusion process, prepared for a number of steps. Latents are flat float32 values of any layout, batches
 * included; `index` is the position in `timesteps`. Multistep solvers keep a history: take the steps in order from index 0, which
 * starts a new picture.
 */
export interface Scheduler {
  /** The timesteps that the UNet is called with, first to last; can be one more than the steps asked for. */
  readonly timesteps: Float32Array;
  /** Standard deviation of the noise to start from. */
  readonly initNoiseSigma: number;
  /** What the UNet is given for these latents. */
  scaleModelInput(latents: Float32Array, index: number): Float32Array;
  /**
   * The latents after the step. `modelOutput` is the UNet's output (after guidance) for `scaleModelInput(latents, index)`;
   * `noise` gives standard normal values of the same size and is called once by solvers that add noise, else never.
   */
  step(modelOutput: Float32Array, index: number, latents: Float32Array, noise: () => Float32Array): Float32Array;
}
