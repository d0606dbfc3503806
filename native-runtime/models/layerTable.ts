import { z } from 'zod';
import {
  freezeModes,
  matchesTrainable,
  unmatchedPatterns,
  type FreezeMode,
  type TrainableSelection,
} from '../../src/common/freezeModes';
import { ProductError } from '../../src/common/errors';
import { input } from '../graph/tensor';
import { unet } from './unet';
import type { UnetConfig } from './unetConfig';
import { inputWeights } from '../nn/weights';
import { elementCount } from '../tensorData';

/** One projection of an attention layer: `to_q`, `to_k`, `to_v` or `to_out`. */
export interface ProjectionRow {
  name: string;
  /** Shapes by parameter name below the projection: `weight` `[out, in]`, `bias` `[out]`. */
  shapes: Record<string, readonly number[]>;
  parameters: number;
  /** Parameters that the selection lets learn. */
  learning: number;
}

/** One attention layer: `….attn1` looks at the picture, `….attn2` at the prompt. */
export interface AttentionLayerRow {
  name: string;
  projections: ProjectionRow[];
  parameters: number;
  learning: number;
}

/** Which attention weights a UNet has, and which of them a selection lets learn. */
export interface LayerTable {
  layers: AttentionLayerRow[];
  /** Learning parameters of each named mode. */
  modes: Record<FreezeMode, number>;
  /** Learning parameters of the selection. */
  learning: number;
  /** All attention parameters. */
  parameters: number;
}

/** The name and shape of every UNet weight, as the model asks for them: the graph is drawn once at its smallest size. */
export function unetShapes(config: UnetConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const side = 2 ** (config.levels.length - 1);
  const { addition } = config;
  const sample = input('sample', [1, config.inChannels, side, side]);
  const encoderHiddenStates = input('text', [1, 1, config.levels[0]!.crossAttentionDim]);
  // Of SDXL's extra input, six size embeddings are one part and the pooled text the other.
  const added = addition && {
    textEmbeds: input('pooled', [1, addition.inputDim - 6 * addition.timeDim]),
    timeIds: input('sizes', [1, 6]),
  };
  unet({ sample, timestep: input('timestep', [1]), encoderHiddenStates, added }, inputWeights(shapes), config);
  return shapes;
}

/**
 * The table of a UNet's attention layers, in the order the model runs them.
 * @throws ProductError `bad-config` for a pattern that selects nothing.
 */
export function layerTable(config: UnetConfig, selection: TrainableSelection): LayerTable {
  const shapes = [...unetShapes(config)].filter(([name]) => /\.attn[12]\.to_(q|k|v|out)\./.test(name));
  refuseUnmatched(
    shapes.map(([name]) => name),
    selection,
  );
  const layers = new Map<string, AttentionLayerRow>();
  for (const [name, shape] of shapes) addParameter(layers, name, shape, matchesTrainable(name, selection));
  const rows = [...layers.values()];
  const count = (mode: TrainableSelection) =>
    shapes.reduce((sum, [name, shape]) => sum + (matchesTrainable(name, mode) ? elementCount(shape) : 0), 0);
  return {
    layers: rows,
    modes: z.record(z.enum(freezeModes), z.number()).parse(Object.fromEntries(freezeModes.map((m) => [m, count(m)]))),
    learning: count(selection),
    parameters: rows.reduce((sum, { parameters }) => sum + parameters, 0),
  };
}

function addParameter(layers: Map<string, AttentionLayerRow>, name: string, shape: readonly number[], learns: boolean) {
  const match = /^(.+\.attn[12])\.(to_\w+)\.(.+)$/.exec(name)!;
  const [layerName, projectionName, parameter] = [match[1]!, match[2]!, match[3]!];
  const layer = layers.get(layerName) ?? { name: layerName, projections: [], parameters: 0, learning: 0 };
  layers.set(layerName, layer);
  let projection = layer.projections.find((p) => p.name === projectionName);
  if (!projection) {
    projection = { name: projectionName, shapes: {}, parameters: 0, learning: 0 };
    layer.projections.push(projection);
  }
  projection.shapes[parameter] = shape;
  for (const row of [layer, projection]) {
    row.parameters += elementCount(shape);
    if (learns) row.learning += elementCount(shape);
  }
}

function refuseUnmatched(names: readonly string[], selection: TrainableSelection): void {
  if (typeof selection === 'string') return;
  const [pattern] = unmatchedPatterns(names, selection);
  if (pattern === undefined) return;
  throw new ProductError(
    'bad-config',
    'layers',
    `no attention weight of this model matches "${pattern}"`,
    'See the names with: custom-diffusion layers',
  );
}
