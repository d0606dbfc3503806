import { ProductError } from '../../../src/common/errors';
import { toFloat32 } from '../../formats/halfFloat';
import { openSafetensors, readTensors } from '../../formats/safetensors';
import { constant, type Tensor } from '../../graph/tensor';
import type { Weights } from '../../nn/weights';
import { float32, type TensorData } from '../../tensorData';

/** Reads a safetensors file into float32 weights. @throws ProductError when it cannot be read. */
export async function readFloatWeights(path: string): Promise<Map<string, TensorData>> {
  const tensors = await readTensors(await openSafetensors(path));
  return new Map([...tensors].map(([name, tensor]) => [name, float32(tensor.shape, toFloat32(tensor))]));
}

/**
 * Weights fixed in the graph, for networks so small that a copy costs nothing.
 * @throws ProductError `bad-model` from the model's first request that `tensors` cannot meet; `where` is their file.
 */
export function constantWeights(tensors: ReadonlyMap<string, TensorData>, where: string): Weights {
  const built = new Map<string, Tensor>();
  return (name, shape) => {
    const known = built.get(name);
    if (known) return known;
    const data = tensors.get(name);
    const remedy = 'Check that config.json and the weights belong together';
    if (!data) throw new ProductError('bad-model', where, `missing tensor ${name} [${shape.join(', ')}]`, remedy);
    if (data.shape.join() !== shape.join())
      throw new ProductError(
        'bad-model',
        where,
        `${name} is [${data.shape.join(', ')}], expected [${shape.join(', ')}]`,
        remedy,
      );
    const tensor = constant(data);
    built.set(name, tensor);
    return tensor;
  };
}
