import { bytesPerElement, elementCount, type TensorData, type TypedArray } from '../tensorData';
import { openClipParts, prefixedTextName } from './compvisText';
import { compvisBlocksPerLevel, compvisUnetPrefix, diffusersUnetName } from './compvisUnet';
import { compvisVaeLevels, diffusersVaeName } from './compvisVae';

/** Where a tensor that diffusers knows by its own name is found in a single file. */
export interface WeightSource {
  /** The tensor's name in the file. */
  name: string;
  /** The shape diffusers gives it: a 1×1 convolution of the autoencoder's attention is a matrix there. */
  shape: readonly number[];
  /** Which of `count` equal slices of the first dimension. */
  rows?: { index: number; count: number };
  /** The file holds the transposed matrix. */
  transpose?: boolean;
}

/** A single file's tensors by component, under their diffusers names. Components that are not in the file are empty. */
export interface SingleFileLayout {
  unet: Map<string, WeightSource>;
  vae: Map<string, WeightSource>;
  textEncoder: Map<string, WeightSource>;
  /** SDXL's second encoder. */
  textEncoder2: Map<string, WeightSource>;
  /** Tensors with no counterpart: averaged copies, schedules, position ids. */
  unused: string[];
}

type Shapes = ReadonlyMap<string, { shape: readonly number[] }>;

/** Sorts the tensors of a CompVis single file (SD 1.x, SD 2.x, SDXL) into diffusers' components and names. */
export function mapSingleFile(tensors: Shapes): SingleFileLayout {
  const names = [...tensors.keys()];
  const below = (prefix: string) => names.filter((n) => n.startsWith(prefix)).map((n) => n.slice(prefix.length));
  const layout: SingleFileLayout = {
    unet: new Map(),
    vae: new Map(),
    textEncoder: new Map(),
    textEncoder2: new Map(),
    unused: [],
  };
  const blocksPerLevel = compvisBlocksPerLevel(below(compvisUnetPrefix));
  const levels = compvisVaeLevels(below(vaePrefix));
  const lastLayer = lastOpenClipLayer(below(sd2TextPrefix));
  for (const [name, { shape }] of tensors) {
    const used =
      addUnet(layout.unet, name, shape, blocksPerLevel) ||
      addVae(layout.vae, name, shape, levels) ||
      addClip(layout.textEncoder, name, shape) ||
      addOpenClip(layout.textEncoder, sd2TextPrefix, name, shape, lastLayer) ||
      addOpenClip(layout.textEncoder2, sdxlText2Prefix, name, shape);
    if (!used) layout.unused.push(name);
  }
  return layout;
}

const vaePrefix = 'first_stage_model.';
const clipPrefixes = ['cond_stage_model.transformer.', 'conditioner.embedders.0.transformer.'];
const sd2TextPrefix = 'cond_stage_model.model.';
const sdxlText2Prefix = 'conditioner.embedders.1.model.';

type Component = Map<string, WeightSource>;

function addUnet(unet: Component, name: string, shape: readonly number[], blocksPerLevel: number): boolean {
  if (!name.startsWith(compvisUnetPrefix)) return false;
  const target = diffusersUnetName(name.slice(compvisUnetPrefix.length), blocksPerLevel);
  if (target) unet.set(target, { name, shape });
  return target !== undefined;
}

function addVae(vae: Component, name: string, shape: readonly number[], levels: number): boolean {
  if (!name.startsWith(vaePrefix)) return false;
  const target = diffusersVaeName(name.slice(vaePrefix.length), levels);
  if (!target) return false;
  const isPointwise = shape.length === 4 && shape[2] === 1 && shape[3] === 1;
  const isMatrix = target.includes('.attentions.') && isPointwise;
  vae.set(target, { name, shape: isMatrix ? shape.slice(0, 2) : shape });
  return true;
}

function addClip(text: Component, name: string, shape: readonly number[]): boolean {
  const prefix = clipPrefixes.find((p) => name.startsWith(p));
  if (!prefix || name.endsWith('.position_ids')) return false;
  text.set(prefixedTextName(name.slice(prefix.length)), { name, shape });
  return true;
}

/**
 * SD 2.x conditions on the last layer but one, so diffusers keeps one layer fewer and no projection: `droppedLayer` is that layer.
 */
function addOpenClip(
  text: Component,
  prefix: string,
  name: string,
  shape: readonly number[],
  droppedLayer?: number,
): boolean {
  if (!name.startsWith(prefix)) return false;
  const inner = name.slice(prefix.length);
  const isDropped = inner === 'text_projection' || inner.startsWith(`transformer.resblocks.${droppedLayer}.`);
  if (droppedLayer !== undefined && isDropped) return false;
  const parts = openClipParts(inner);
  for (const { name: target, rows, transpose } of parts) {
    const [first, ...others] = shape as [number, ...number[]];
    const whole = transpose ? [...shape].reverse() : shape;
    text.set(target, { name, shape: rows ? [first / rows.count, ...others] : whole, rows, transpose });
  }
  return parts.length > 0;
}

function lastOpenClipLayer(names: string[]): number | undefined {
  const layers = names.flatMap((n) => /^transformer\.resblocks\.(\d+)\./.exec(n)?.[1] ?? []).map(Number);
  return layers.length ? Math.max(...layers) : undefined;
}

/** Turns a tensor as it is in the single file into the one diffusers has: reshaped, sliced or transposed. */
export function takeSource(tensor: TensorData, source: WeightSource): TensorData {
  const { shape, rows, transpose } = source;
  const count = elementCount(shape);
  if (transpose) return { dtype: tensor.dtype, shape, data: transposed(tensor) };
  if (!rows) return { ...tensor, shape };
  return { dtype: tensor.dtype, shape, data: tensor.data.slice(rows.index * count, (rows.index + 1) * count) };
}

/** Bytes from the start of the tensor in the file to the start of the part that the source takes. */
export function sourceByteOffset(tensor: Pick<TensorData, 'dtype'>, { rows, shape }: WeightSource): number {
  return (rows?.index ?? 0) * elementCount(shape) * bytesPerElement(tensor.dtype);
}

function transposed({ data, shape }: TensorData): TypedArray {
  const [height, width] = shape as [number, number];
  const out = data.slice();
  for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) out[j * height + i] = data[i * width + j]!;
  return out;
}
