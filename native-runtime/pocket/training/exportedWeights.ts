import { existsSync } from 'node:fs';
import { toFloat32 } from '../../formats/halfFloat';
import { openSafetensors, readTensors } from '../../formats/safetensors';
import { float32, type TensorData } from '../../tensorData';

/**
 * The weights of an exported component, to go on from when the training state is gone: the loss of the optimiser's
 * moments costs a warm-up, not the run. Undefined when the file is not there or is of another architecture.
 */
export async function exportedWeights(
  path: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  prefix = '',
): Promise<Map<string, TensorData> | undefined> {
  if (!existsSync(path)) return undefined;
  const stored = await readTensors(await openSafetensors(path));
  const wanted = [...shapes].filter(([name]) => name.startsWith(prefix));
  const weights = new Map<string, TensorData>();
  for (const [name, shape] of wanted) {
    const tensor = stored.get(name.slice(prefix.length));
    if (!tensor || tensor.shape.join() !== shape.join()) return undefined;
    weights.set(name, float32(shape, toFloat32(tensor)));
  }
  return weights;
}
