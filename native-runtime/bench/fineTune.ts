import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveDelta } from '../delta/saveDelta';
import type { BenchOptions } from './inputs';
import { BenchTraining, prepareEncoding } from './training';

/**
 * A whole fine-tune: its pictures are encoded once, then come so many steps, then the delta is saved (and removed again).
 * Returns the loss of the last step.
 */
export async function benchFineTune(options: BenchOptions, steps: number): Promise<number> {
  const encoding = await prepareEncoding(options);
  const latents = await encoding.encode();
  // As a run does, before the training graph is made.
  await encoding.release();
  const training = await BenchTraining.create(options);
  let loss = NaN;
  for (let i = 0; i < steps; i++) loss = await training.update(latents);
  const folder = await mkdtemp(join(tmpdir(), 'custom-diffusion-bench-'));
  try {
    await saveDelta(join(folder, 'delta.safetensors'), training.delta(), 'safetensors');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return loss;
}
