import { ProductError } from '../../src/common/errors';
import type { Values } from '../device/session';
import { toFloat32 } from '../formats/halfFloat';
import type { BaseModel } from '../models/baseModel';
import { float32, type TensorData } from '../tensorData';

/** What a fine-tune puts in place of the base's weights, or adds to them. */
export interface TunedWeights {
  /** Full weights under their diffusers UNet names. */
  unet: ReadonlyMap<string, TensorData>;
  /** Modifier token, such as `<new1>` → its embedding `[width]` for each text encoder. The order gives the rows. */
  modifierTokens: ReadonlyMap<string, readonly TensorData[]>;
}

/** The base as it is. */
export const untuned: TunedWeights = { unet: new Map(), modifierTokens: new Map() };

/**
 * Refuses weights that do not belong to this base.
 * @throws ProductError `bad-model` naming the first weight or token that does not fit.
 */
export function checkTuned(base: BaseModel, tuned: TunedWeights): void {
  const refuse = (problem: string) =>
    new ProductError('bad-model', base.path, problem, 'Was the fine-tune made from another base model?');
  for (const [name, { shape }] of tuned.unet) {
    const expected = base.unet.sources.get(name)?.shape;
    if (!expected) throw refuse(`the fine-tune changes ${name}, which this base does not have`);
    if (expected.join() !== shape.join())
      throw refuse(`${name} is [${shape.join(', ')}] in the fine-tune and [${expected.join(', ')}] in the base`);
  }
  const widths = base.textEncoders.map(({ config }) => config.hiddenSize);
  for (const [token, rows] of tuned.modifierTokens) {
    const given = rows.map(({ data }) => data.length);
    if (given.join() !== widths.join())
      throw refuse(
        `the embedding of ${token} has the width ${given.join(' and ')}, the base's is ${widths.join(' and ')}`,
      );
  }
}

/** The graph inputs that carry tuned weights: `weight.<name>`, and `weight.modifier_rows.<encoder>` `[tokens, width]`. */
export function tunedFeeds(base: BaseModel, tuned: TunedWeights): Values {
  const feeds: Values = {};
  for (const [name, tensor] of tuned.unet) feeds[`weight.${name}`] = float32(tensor.shape, toFloat32(tensor));
  if (tuned.modifierTokens.size)
    base.textEncoders.forEach(({ config }, i) => {
      const table = float32([tuned.modifierTokens.size, config.hiddenSize]);
      [...tuned.modifierTokens.values()].forEach((rows, k) =>
        table.data.set(toFloat32(rows[i]!), k * config.hiddenSize),
      );
      feeds[`weight.modifier_rows.${i}`] = table;
    });
  return feeds;
}
