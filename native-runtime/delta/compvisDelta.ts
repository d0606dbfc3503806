import { ProductError } from '../../src/common/errors';
import { compvisUnetName, compvisUnetPrefix, diffusersUnetName } from '../formats/compvisUnet';
import type { TorchData } from '../formats/pickleWriter';
import type { TensorData, TypedArray } from '../tensorData';
import { type BaseWeights, type Delta, notADelta, tableRow } from './delta';
import { resolveWeights } from './lowRank';
import { isTensor, type LoadedMap } from './tree';

/**
 * The tree of a CompVis delta: `{state_dict: {model.diffusion_model.…: weight, embed: [tokens, width]}}`. It does not hold the
 * tokens' names; readers call them `<new1>`, `<new2>`, ….
 * @throws ProductError `bad-input` for what the format cannot hold: two text encoders, or a tensor outside the UNet
 */
export function encodeCompvisDelta(path: string, { unet, modifierTokens }: Delta): TorchData {
  const state = new Map<string, TorchData>();
  for (const [name, tensor] of unet) {
    const target = compvisUnetName(name);
    if (target === undefined) throw cannotHold(path, `the tensor ${name}`);
    state.set(compvisUnetPrefix + target, tensor);
  }
  const rows = [...modifierTokens.values()].map((row) => {
    if (row.length !== 1) throw cannotHold(path, 'the embeddings of two text encoders');
    return row[0]!;
  });
  if (rows.length > 0) state.set('embed', stackRows(path, rows));
  return new Map([['state_dict', state]]);
}

function cannotHold(path: string, what: string): ProductError {
  return new ProductError('bad-input', path, `a CompVis delta cannot hold ${what}`, 'Choose another format');
}

function stackRows(path: string, rows: TensorData[]): TensorData {
  const { dtype, shape, data } = rows[0]!;
  const width = shape[0]!;
  const table = new (data.constructor as new (length: number) => TypedArray)(rows.length * width);
  rows.forEach((row, i) => {
    if (row.dtype !== dtype || row.data.length !== width)
      throw cannotHold(path, 'embeddings of different widths or types');
    (table as Float32Array).set(row.data as Float32Array, i * width);
  });
  return { dtype, shape: [rows.length, width], data: table };
}

/**
 * The inverse of `encodeCompvisDelta`, from the dictionary itself; compressed weights are added to the base's.
 * @throws ProductError `bad-file` for a tensor that is no UNet weight
 */
export async function decodeCompvisDelta(path: string, state: LoadedMap, base?: BaseWeights): Promise<Delta> {
  const renamed: LoadedMap = new Map();
  for (const [key, value] of state) {
    if (key === 'embed') continue;
    const name = String(key);
    const target = name.startsWith(compvisUnetPrefix)
      ? diffusersUnetName(name.slice(compvisUnetPrefix.length))
      : undefined;
    if (target === undefined) throw notADelta(path, `${name} is not a UNet weight of a CompVis delta`);
    renamed.set(target, value);
  }
  const modifierTokens = new Map<string, TensorData[]>();
  const embed = state.get('embed');
  if (embed !== undefined) {
    if (!isTensor(embed) || embed.shape.length !== 2) throw notADelta(path, 'embed is not a table of embeddings');
    for (let i = 0; i < embed.shape[0]!; i++) modifierTokens.set(`<new${i + 1}>`, [tableRow(embed, i)]);
  }
  return { unet: await resolveWeights(path, renamed, base), modifierTokens, metadata: {} };
}
