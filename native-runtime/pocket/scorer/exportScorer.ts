import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../../atomicWrite';
import { float32ToFloat16, toFloat32 } from '../../formats/halfFloat';
import { writeSafetensors } from '../../formats/safetensors';
import type { TensorData } from '../../tensorData';
import type { ScorerConfig } from './scorerConfig';

/** Writes a trained scorer as `Scorer.load` reads it: `model.safetensors` in fp16 and, last, `config.json`. */
export async function exportScorer(
  folder: string,
  weights: ReadonlyMap<string, TensorData>,
  config: ScorerConfig,
  updates: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const halves = [...weights].map(([name, tensor]): [string, TensorData] => [
    name,
    { dtype: 'float16', shape: tensor.shape, data: float32ToFloat16(toFloat32(tensor)) },
  ]);
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(halves), { updates: String(updates) });
  await atomicWrite(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}
