import type { TorchData } from '../formats/pickleWriter';
import type { TensorData } from '../tensorData';
import { asTokenRow, type BaseWeights, type Delta, notADelta } from './delta';
import { resolveWeights } from './lowRank';
import { isTensor, type LoadedTree, requireMap } from './tree';

/** The tree of Adobe's `delta.bin`: `{unet: {name: weight}, modifier_token: {token: row, or rows where there are two encoders}}`. */
export function encodeAdobeDelta({ unet, modifierTokens }: Delta): TorchData {
  const tokens = new Map<string, TorchData>();
  for (const [token, rows] of modifierTokens) tokens.set(token, rows.length === 1 ? rows[0]! : rows);
  const tree = new Map<string, TorchData>([['unet', unet]]);
  if (tokens.size > 0) tree.set('modifier_token', tokens);
  return tree;
}

/**
 * The inverse of `encodeAdobeDelta`; compressed weights are added to the base's.
 * @throws ProductError `bad-file`
 */
export async function decodeAdobeDelta(
  path: string,
  root: Map<string | number, LoadedTree>,
  base?: BaseWeights,
): Promise<Delta> {
  if (root.has('text_encoder'))
    throw notADelta(path, 'it also holds a fine-tuned text encoder, which is not supported', 'Train without it');
  const unet = await resolveWeights(path, requireMap(root.get('unet') ?? new Map(), 'unet', path), base);
  const modifierTokens = new Map<string, TensorData[]>();
  for (const [token, value] of requireMap(root.get('modifier_token') ?? new Map(), 'modifier_token', path)) {
    const rows: readonly LoadedTree[] = Array.isArray(value) ? value : [value as LoadedTree];
    if (rows.length === 0 || !rows.every(isTensor))
      throw notADelta(path, `modifier_token.${token} is not an embedding`);
    modifierTokens.set(
      String(token),
      rows.map((row) => asTokenRow(row as TensorData, String(token), path)),
    );
  }
  return { unet, modifierTokens, metadata: {} };
}
