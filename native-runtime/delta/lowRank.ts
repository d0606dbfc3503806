import { ProductError } from '../../src/common/errors';
import { toFloat32 } from '../formats/halfFloat';
import { float32, type TensorData } from '../tensorData';
import { type BaseWeights, notADelta } from './delta';
import { isTensor, type LoadedMap, type LoadedTree } from './tree';

/**
 * The full weights of a dictionary in which some are compressed to `{u, v}`: those become base + u·v.
 * @throws ProductError `unsupported-model` when a weight is compressed and there is no base, `bad-file` for a wrong shape
 */
export async function resolveWeights(
  path: string,
  weights: LoadedMap,
  base?: BaseWeights,
): Promise<Map<string, TensorData>> {
  const full = new Map<string, TensorData>();
  for (const [key, value] of weights) {
    const name = String(key);
    if (isTensor(value)) full.set(name, value);
    else if (isFactors(value)) full.set(name, await expand(path, name, value, base));
    else throw notADelta(path, `${name} is not a tensor`);
  }
  return full;
}

function isFactors(value: LoadedTree): value is Map<string, TensorData> {
  return value instanceof Map && value.size === 2 && isTensor(value.get('u')) && isTensor(value.get('v'));
}

async function expand(
  path: string,
  name: string,
  factors: Map<string, TensorData>,
  base?: BaseWeights,
): Promise<TensorData> {
  if (!base)
    throw new ProductError(
      'unsupported-model',
      path,
      `${name} is compressed (factors u and v of a difference)`,
      'Load it together with its base model',
    );
  const [u, v, start] = [factors.get('u')!, factors.get('v')!, await base(name)];
  const [rows, rank] = u.shape as [number, number];
  const columns = v.shape[1]!;
  const fits = u.shape.length === 2 && v.shape.length === 2 && v.shape[0] === rank;
  if (!fits || String(start.shape) !== String([rows, columns]))
    throw notADelta(
      path,
      `${name}: factors of shapes [${u.shape.join(', ')}] and [${v.shape.join(', ')}] do not fit the base's [${start.shape.join(', ')}]`,
      'Is this the base model it was trained on?',
    );
  return float32([rows, columns], addProduct(toFloat32(start), toFloat32(u), toFloat32(v), rows, rank, columns));
}

/** base + u·v, row-major; sums in double precision. */
function addProduct(
  base: Float32Array,
  u: Float32Array,
  v: Float32Array,
  rows: number,
  rank: number,
  columns: number,
): Float32Array {
  const out = new Float32Array(rows * columns);
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    sums.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = u[i * rank + k]!;
      for (let j = 0; j < columns; j++) sums[j]! += factor * v[k * columns + j]!;
    }
    for (let j = 0; j < columns; j++) out[i * columns + j] = base[i * columns + j]! + sums[j]!;
  }
  return out;
}
