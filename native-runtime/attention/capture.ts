import type { Values } from '../device/session';
import { slice } from '../graph/operators/layout';
import { reduceMean } from '../graph/operators/reduce';
import type { Tensor } from '../graph/tensor';
import type { AttentionMaps as CrossAttention } from '../models/transformer';
import { promptLength } from '../tokenizer/clipTokenizer';
import { AttentionAccumulator, isOutsideMiddle, type LayerAttention } from './aggregate';

/** Which attention maps are kept of a picture; the mean is always among them. */
export type CaptureLevel = 'none' | 'mean' | 'perLayer' | 'perStep';

/** A layer whose maps a graph gives out as `attention.<layer>`. */
export interface CapturedLayer {
  layer: string;
  /** The layer's own grid. */
  height: number;
  width: number;
  heads: number;
}

/** What a UNet graph gives out beside its prediction, and how to read it. */
export interface Capture {
  /** `attention.<layer>` [rows, height·width, positions]. */
  outputs: Record<string, Tensor>;
  layers: CapturedLayer[];
}

/**
 * Makes graph outputs of the cross-attention that a UNet has collected: only the rows from `firstRow` on (with guidance,
 * the conditional ones), averaged over heads in the graph, which divides what leaves it by their number. The middle
 * block is left out, as in the aggregate. `latentHeight` and `latentWidth` are the UNet's input size in cells.
 */
export function captureAttention(
  maps: CrossAttention,
  firstRow: number,
  latentHeight: number,
  latentWidth: number,
): Capture {
  const capture: Capture = { outputs: {}, layers: [] };
  for (const [layer, probabilities] of maps) {
    if (!isOutsideMiddle(layer)) continue;
    const [rows, heads, pixels] = [probabilities.dim(0), probabilities.dim(1), probabilities.dim(2)];
    const shrink = Math.sqrt((latentHeight * latentWidth) / pixels);
    capture.outputs[`attention.${layer}`] = reduceMean(slice(probabilities, 0, firstRow, rows), [1]);
    capture.layers.push({ layer, height: latentHeight / shrink, width: latentWidth / shrink, heads });
  }
  return capture;
}

/** The captured layers of one run, for the accumulator. */
export function capturedAttention(results: Values, layers: readonly CapturedLayer[]): LayerAttention[] {
  return layers.map((layer) => ({ ...layer, probabilities: results[`attention.${layer.layer}`]! }));
}

/** The running mean for a batch of pictures whose latents have this size in cells; nothing for the level `none`. */
export function attentionAccumulator(
  level: CaptureLevel,
  pictures: number,
  latentHeight: number,
  latentWidth: number,
): AttentionAccumulator | undefined {
  if (level === 'none') return undefined;
  const kept = { perLayer: level === 'perLayer', perStep: level === 'perStep' };
  return new AttentionAccumulator({ pictures, latentHeight, latentWidth, tokens: promptLength, ...kept });
}
