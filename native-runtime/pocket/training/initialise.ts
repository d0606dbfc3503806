import { RandomStream } from '../../random';
import { elementCount, float32, type TensorData } from '../../tensorData';

/**
 * Start values for a model trained from scratch: ones and zeros for norms and biases, a normal of 0.02 for embeddings,
 * uniform ±1/√fan-in elsewhere (PyTorch's default), and zeros for the last layer of each residual branch, so that every
 * block begins as the identity.
 */
export function initialWeights(shapes: ReadonlyMap<string, readonly number[]>, seed: number): Map<string, TensorData> {
  return new Map([...shapes].map(([name, shape], i) => [name, initialWeight(name, shape, seed, i)]));
}

const residualEnds =
  /(conv2|to_out\.0|ff\.net\.2|proj_out|out_proj|fc2)\.weight$|^(encoder\.|decoder\.)?conv_out\.weight$/;

function initialWeight(name: string, shape: readonly number[], seed: number, index: number): TensorData {
  const random = new RandomStream(seed, 'pocket.initialise', 0, index);
  const count = elementCount(shape);
  if (/norm\d?\.weight$|norm_out\.weight$/.test(name)) return float32(shape, new Float32Array(count).fill(1));
  if (name.endsWith('.bias')) return float32(shape);
  if (name.includes('embedding.weight'))
    return float32(
      shape,
      random.normals(count).map((x) => x * 0.02),
    );
  const bound = 1 / Math.sqrt(count / shape[0]!);
  const gain = residualEnds.test(name) ? 0.1 : 1;
  return float32(
    shape,
    Float32Array.from({ length: count }, () => (2 * random.uniform() - 1) * bound * gain),
  );
}
