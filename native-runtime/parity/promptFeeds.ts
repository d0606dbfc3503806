import type { Values } from '../device/session';
import type { BaseModel } from '../models/baseModel';
import type { TextEncoderConfig } from '../models/textEncoderConfig';
import { float32, type TensorData } from '../tensorData';
import { numbersOf } from './measures';

/** 1 at the first end of text of each row of ids [rows, positions], where a text encoder's pooled output is read. */
export function poolMask(ids: TensorData, { eosTokenId }: TextEncoderConfig): TensorData {
  const [rows, positions] = ids.shape as [number, number];
  const values = Array.from(numbersOf(ids));
  const mask = float32(ids.shape);
  for (let row = 0; row < rows; row++) {
    const end = values.slice(row * positions, (row + 1) * positions).indexOf(eosTokenId);
    if (end >= 0) mask.data[row * positions + end] = 1;
  }
  return mask;
}

/** What training graphs read besides latents: ids and pooling masks for each encoder, and the picture's own size. */
export function promptFeeds(base: BaseModel, ids: readonly TensorData[], height: number, width: number): Values {
  const feeds: Values = { timeIds: timeIds(base, ids[0]!.shape[0]!, height, width) };
  for (const [i, { config }] of base.textEncoders.entries()) {
    feeds[`inputIds.${i}`] = ids[i]!;
    feeds[`poolMask.${i}`] = poolMask(ids[i]!, config);
  }
  return feeds;
}

/** SDXL's sizes [rows, 6] for uncropped pictures of this many latent cells: original, crop offset, target, each height then width. */
function timeIds({ vae }: BaseModel, rows: number, height: number, width: number): TensorData {
  const size = [height * vae.config.scaleFactor, width * vae.config.scaleFactor];
  return float32([rows, 6], Array.from({ length: rows }, () => [...size, 0, 0, ...size]).flat());
}
