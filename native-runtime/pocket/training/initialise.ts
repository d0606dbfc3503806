import { RandomStream } from '../../random';
import { elementCount, float32, type TensorData } from '../../tensorData';

/**
 * Start values for a model trained from scratch: ones and zeros for norms and biases, uniform ±1/√fan-in elsewhere
 * (PyTorch's default), a tenth of it for the last convolution of each residual block, and 5 times for the queries and keys
 * of cross-attention, so that attention does not start out even over all 77 positions, most of them padding. The shipped model
 * got there in steps: with even attention it ignored the prompt, and doubling queries and keys in the middle of the training is
 * what let single words count (media/pocket/TRAINING.md). From nothing these values have not been tried.
 */
export function initialWeights(shapes: ReadonlyMap<string, readonly number[]>, seed: number): Map<string, TensorData> {
  return new Map([...shapes].map(([name, shape], i) => [name, initialWeight(name, shape, seed, i)]));
}

const gains: readonly (readonly [RegExp, number])[] = [
  [/(^|\.)(conv2|conv_out)\.weight$/, 0.1],
  [/attn2\.to_[qk]\.weight$/, 5],
];

/** Tokens stand out from positions, so that what a word is counts for more than where it stands. */
const embeddingDeviation = (name: string) => (name.includes('token_embedding') ? 0.1 : 0.02);

function initialWeight(name: string, shape: readonly number[], seed: number, index: number): TensorData {
  const random = new RandomStream(seed, 'pocket.initialise', 0, index);
  const count = elementCount(shape);
  if (/norm\d?\.weight$|norm_out\.weight$/.test(name)) return float32(shape, new Float32Array(count).fill(1));
  if (name.endsWith('.bias')) return float32(shape);
  if (name.includes('embedding.weight'))
    return float32(
      shape,
      random.normals(count).map((x) => x * embeddingDeviation(name)),
    );
  const bound = 1 / Math.sqrt(count / shape[0]!);
  const gain = gains.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
  return float32(
    shape,
    Float32Array.from({ length: count }, () => (2 * random.uniform() - 1) * bound * gain),
  );
}
