import type { AttentionMaps } from '../../src/common/attention/attentionMaps';
import { ProductError } from '../../src/common/errors';
import type { TensorData } from '../tensorData';
import { resizeMap } from '../../src/common/attention/resizeMap';

/** How maps are put together; written into every file of maps. */
export const CONVENTION =
  'mean over steps, then per layer bicubic (a=-0.75) to the latent size, clamped at 0, mean over layers weighted by heads';

/** One cross-attention layer's probabilities in one model evaluation. */
export interface LayerAttention {
  /** The checkpoint's name, e.g. `down_blocks.0.attentions.0.transformer_blocks.0.attn2`. */
  layer: string;
  /** The layer's own grid. */
  height: number;
  width: number;
  /** float32 `[rows, heads, height·width, tokens]`, or `[rows, height·width, tokens]` already averaged over heads. */
  probabilities: TensorData;
  /** Heads behind an averaged tensor, which is the layer's weight; 1 if left out. Ignored for four dimensions. */
  heads?: number;
}

export type { AttentionMaps };

/** What one picture's attention came to. */
export interface AttentionAggregate {
  /** Mean over steps, layers and heads, at the latent's size. */
  mean: AttentionMaps;
  /** Model evaluations that went in. */
  steps: number;
  /** Per layer at its own size, mean over steps and heads; empty unless asked for. */
  perLayer: Map<string, AttentionMaps>;
  /** Per model evaluation at the latent's size; empty unless asked for. */
  perStep: AttentionMaps[];
}

export interface AccumulatorOptions {
  pictures: number;
  latentHeight: number;
  latentWidth: number;
  /** Token positions kept, from the first; the padding behind a short prompt need not be. */
  tokens: number;
  perLayer?: boolean;
  /** Keeps one set of maps per evaluation: the only choice whose memory grows with the steps. */
  perStep?: boolean;
  /** Which layers count; by default all but the middle block's, as in DAAM (Tang et al., 2022). */
  includeLayer?: (layer: string) => boolean;
}

/** A layer's running sum: per picture `[height·width, tokens]`, the layout the layer delivers. */
interface LayerSums {
  height: number;
  width: number;
  heads: number;
  evaluations: number;
  sums: Float32Array[];
}

/** True for the layers DAAM averages: every cross-attention outside the middle block. */
export function isOutsideMiddle(layer: string): boolean {
  return !layer.startsWith('mid_block');
}

/**
 * The running mean of cross-attention per token over steps, layers and heads, for several pictures at once. Sums are
 * kept at each layer's own size, so memory does not grow with steps. The DAAM convention but for one detail: a layer's
 * heads are averaged before the resize instead of after it, which differs only where the cubic kernel undershoots zero.
 */
export class AttentionAccumulator {
  private readonly layers = new Map<string, LayerSums>();
  private readonly stepMaps: AttentionMaps[][];
  private evaluations = 0;

  /** @throws ProductError `internal` for sizes that are not positive whole numbers. */
  constructor(private readonly options: AccumulatorOptions) {
    const { pictures, latentHeight, latentWidth, tokens } = options;
    if (![pictures, latentHeight, latentWidth, tokens].every((n) => Number.isInteger(n) && n > 0))
      throw new ProductError('internal', 'attention', 'pictures, latent size and tokens must be positive');
    this.stepMaps = Array.from({ length: pictures }, () => []);
  }

  /**
   * Adds one model evaluation. `rows[p]` is picture p's row in the tensors: with guidance, the conditional one; by
   * default row p.
   * @throws ProductError `internal` when a tensor's shape does not fit its layer or what came before.
   */
  addStep(layers: readonly LayerAttention[], rows?: readonly number[]): void {
    const { pictures, includeLayer = isOutsideMiddle } = this.options;
    const picked = rows ?? Array.from({ length: pictures }, (_, p) => p);
    const counted = layers.filter(({ layer }) => includeLayer(layer));
    for (const attention of counted) checkShape(attention, picked, this.options, this.layers.get(attention.layer));
    const step = new Map<string, LayerSums>();
    for (const attention of counted) {
      this.addLayer(this.layers, attention, picked);
      if (this.options.perStep) this.addLayer(step, attention, picked);
    }
    if (this.options.perStep) this.stepMaps.forEach((maps, p) => maps.push(this.combine(step, p)));
    this.evaluations++;
  }

  /**
   * What has come together for picture `picture` so far.
   * @throws ProductError `internal` before the first step, `not-finite` when a probability was not a number.
   */
  result(picture: number): AttentionAggregate {
    const { tokens, perLayer } = this.options;
    if (this.layers.size === 0)
      throw new ProductError('internal', 'attention', 'no cross-attention layer has delivered maps');
    const kept = [...this.layers].map(([name, sums]): [string, AttentionMaps] => [
      name,
      { tokens, height: sums.height, width: sums.width, data: layerMean(sums, picture, tokens) },
    ]);
    return {
      mean: this.combine(this.layers, picture),
      steps: this.evaluations,
      perLayer: new Map(perLayer ? kept : []),
      perStep: [...this.stepMaps[picture]!],
    };
  }

  private addLayer(into: Map<string, LayerSums>, attention: LayerAttention, rows: readonly number[]): void {
    const { layer, height, width, probabilities } = attention;
    const { tokens } = this.options;
    const heads = probabilities.shape.length === 4 ? probabilities.shape[1]! : (attention.heads ?? 1);
    let sums = into.get(layer);
    if (!sums) {
      const empty = rows.map(() => new Float32Array(height * width * tokens));
      into.set(layer, (sums = { height, width, heads, evaluations: 0, sums: empty }));
    }
    rows.forEach((row, p) => addRow(sums.sums[p]!, probabilities, row, height * width, tokens));
    sums.evaluations++;
  }

  private combine(layers: ReadonlyMap<string, LayerSums>, picture: number): AttentionMaps {
    const { tokens, latentHeight: height, latentWidth: width } = this.options;
    const size = height * width;
    const data = new Float32Array(tokens * size);
    const heads = [...layers.values()].reduce((sum, layer) => sum + layer.heads, 0);
    for (const sums of layers.values()) {
      const mean = layerMean(sums, picture, tokens);
      const weight = sums.heads / heads;
      const pixels = sums.height * sums.width;
      for (let token = 0; token < tokens; token++) {
        const map = mean.subarray(token * pixels, (token + 1) * pixels);
        const resized = resizeMap(map, sums.height, sums.width, height, width);
        for (let i = 0; i < size; i++) data[token * size + i]! += weight * Math.max(0, resized[i]!);
      }
    }
    return { tokens, height, width, data };
  }
}

/** Adds the head mean of one row, pixel by pixel, the first `tokens` positions of each. */
function addRow(sum: Float32Array, tensor: TensorData, row: number, pixels: number, tokens: number): void {
  const positions = tensor.shape[tensor.shape.length - 1]!;
  const heads = tensor.shape.length === 4 ? tensor.shape[1]! : 1;
  const values = tensor.data as Float32Array;
  const scale = 1 / heads;
  for (let head = 0; head < heads; head++) {
    const start = (row * heads + head) * pixels * positions;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const [from, to] = [start + pixel * positions, pixel * tokens];
      for (let token = 0; token < tokens; token++) sum[to + token]! += scale * values[from + token]!;
    }
  }
}

/** A picture's mean over evaluations, as `[tokens, height·width]`. */
function layerMean(layer: LayerSums, picture: number, tokens: number): Float32Array {
  const pixels = layer.height * layer.width;
  const sums = layer.sums[picture]!;
  const mean = new Float32Array(tokens * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let token = 0; token < tokens; token++) {
      const value = sums[pixel * tokens + token]! / layer.evaluations;
      if (!Number.isFinite(value))
        throw new ProductError('not-finite', 'attention', 'an attention map holds values that are not numbers');
      mean[token * pixels + pixel] = value;
    }
  }
  return mean;
}

function checkShape(
  { layer, height, width, probabilities: { dtype, shape } }: LayerAttention,
  rows: readonly number[],
  { pictures, tokens }: AccumulatorOptions,
  before: LayerSums | undefined,
): void {
  const [pixels = 0, positions = 0] = shape.slice(-2);
  const fits =
    dtype === 'float32' &&
    (shape.length === 3 || shape.length === 4) &&
    pixels === height * width &&
    positions >= tokens &&
    rows.length === pictures &&
    rows.every((row) => Number.isInteger(row) && row >= 0 && row < shape[0]!) &&
    (!before || (before.height === height && before.width === width));
  if (!fits)
    throw new ProductError(
      'internal',
      layer,
      `attention of shape [${shape.join(', ')}] (${dtype}) does not fit ${height}×${width} pixels, ${tokens} tokens and rows ${rows.join(', ')}`,
    );
}
