import { ProductError } from '../../src/common/errors';
import type { TensorData } from '../tensorData';

/** What a fine-tune changed: everything needed to turn its base model into the tuned one. */
export interface Delta {
  /** Full weights (not differences) under their diffusers UNet names. */
  unet: Map<string, TensorData>;
  /** Modifier token, such as `<new1>` → its embedding for each text encoder, each of shape `[width]`. */
  modifierTokens: Map<string, TensorData[]>;
  metadata: Record<string, string>;
}

/** The formats a delta can be saved in. */
export type DeltaFormat = 'safetensors' | 'adobe' | 'diffusers-bin' | 'diffusers-safetensors' | 'compvis';

/** Gives the base model's weight of a diffusers UNet name, which a compressed delta is added to. */
export type BaseWeights = (name: string) => Promise<TensorData>;

/** Error for a file that is sound but does not hold what a delta holds. */
export function notADelta(path: string, problem: string, remedy = 'Choose a delta saved by a fine-tune'): ProductError {
  return new ProductError('bad-file', path, problem, remedy);
}

/**
 * An embedding as a row `[width]`; a table of one row is accepted.
 * @throws ProductError `bad-file` for several vectors in one token
 */
export function asTokenRow(tensor: TensorData, token: string, path: string): TensorData {
  const width = tensor.shape.at(-1) ?? 0;
  if (tensor.shape.length === 0 || width === 0 || tensor.data.length !== width)
    throw notADelta(
      path,
      `the embedding of ${token} has the shape [${tensor.shape.join(', ')}]`,
      'A modifier token has one vector for each text encoder',
    );
  return { ...tensor, shape: [width] };
}

/** Row k of a table `[rows, width]`. */
export function tableRow(table: TensorData, row: number): TensorData {
  const width = table.shape[1]!;
  return { dtype: table.dtype, shape: [width], data: table.data.slice(row * width, (row + 1) * width) };
}
