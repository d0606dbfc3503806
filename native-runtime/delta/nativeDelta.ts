import type { TensorData } from '../tensorData';
import { type Delta, asTokenRow, notADelta } from './delta';

const tokenPrefix = 'modifier_token.';
const version = '1';

/** The mark in the metadata of our own delta files. */
export const nativeDeltaFormat = 'custom-diffusion-delta';

/** The tensors and metadata of our own `delta.safetensors`: UNet names as they are, and `modifier_token.<token>.<encoder>`. */
export function encodeNativeDelta(delta: Delta): {
  tensors: Map<string, TensorData>;
  metadata: Record<string, string>;
} {
  const tensors = new Map(delta.unet);
  for (const [token, rows] of delta.modifierTokens)
    rows.forEach((row, encoder) => tensors.set(`${tokenPrefix}${token}.${encoder}`, row));
  return { tensors, metadata: { ...delta.metadata, format: nativeDeltaFormat, version } };
}

/**
 * The inverse of `encodeNativeDelta`. Also reads any safetensors file of plain diffusers UNet names.
 * @throws ProductError `bad-file` for a newer version or a token with an encoder missing
 */
export function decodeNativeDelta(
  path: string,
  tensors: Map<string, TensorData>,
  metadata: Record<string, string>,
): Delta {
  if (metadata['format'] === nativeDeltaFormat && metadata['version'] !== version)
    throw notADelta(
      path,
      `it has format version ${metadata['version']}, this program reads ${version}`,
      'Update the program',
    );
  const unet = new Map<string, TensorData>();
  const modifierTokens = new Map<string, TensorData[]>();
  for (const [name, tensor] of tensors) {
    const match = /^modifier_token\.(.+)\.(\d{1,2})$/s.exec(name);
    if (!match) {
      unet.set(name, tensor);
      continue;
    }
    const [token, encoder] = [match[1]!, Number(match[2])];
    const rows = modifierTokens.get(token) ?? [];
    rows[encoder] = asTokenRow(tensor, token, path);
    modifierTokens.set(token, rows);
  }
  for (const [token, rows] of modifierTokens)
    if (Object.keys(rows).length !== rows.length)
      throw notADelta(path, `the embedding of ${token} is missing for one of the text encoders`);
  return { unet, modifierTokens, metadata };
}
