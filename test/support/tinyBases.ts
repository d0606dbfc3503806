import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSafetensors, readTensors } from '../../native-runtime/formats/safetensors';
import type { BaseModel } from '../../native-runtime/models/baseModel';
import { loadBaseModel } from '../../native-runtime/models/loadBaseModel';
import type { TunedWeights } from '../../native-runtime/sample/tunedWeights';
import type { TensorData } from '../../native-runtime/tensorData';

/** The three recorded pipelines with random weights. */
export const tinyFamilies = ['sd1', 'sd2', 'sdxl'] as const;

/** A recording's file or folder. */
export function fixture(family: string, ...parts: string[]): string {
  return join(__dirname, '../fixtures', family, ...parts);
}

/** A tiny base with random weights, as a diffusers folder. */
export function tinyBase(family: string): Promise<BaseModel> {
  return loadBaseModel(fixture(family, 'base'));
}

/** The base with the solver settings that the recorded picture was made with, which are DDIM's whatever the base's own. */
export async function recordedSampler(family: string): Promise<BaseModel> {
  const base = await tinyBase(family);
  return {
    ...base,
    scheduler: { ...base.scheduler, setAlphaToOne: false, stepsOffset: 1, timestepSpacing: 'leading' },
  };
}

/** The tensors of a recording. */
export async function recorded(family: string, name: string): Promise<Map<string, TensorData>> {
  return readTensors(await openSafetensors(fixture(family, `${name}.safetensors`)));
}

/** The JSON of a recording. */
export async function recordedJson(family: string, name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(fixture(family, `${name}.json`), 'utf8')) as Record<string, unknown>;
}

/** The base with the recording's two modifier tokens and unchanged weights. */
export async function recordedTokens(family: string): Promise<TunedWeights> {
  const tensors = await recorded(family, 'text_encoder');
  const tables = ['modifier_rows.0', 'modifier_rows.1'].flatMap((name) => tensors.get(name) ?? []);
  const rows = (k: number) =>
    tables.map(({ shape, data }) => {
      const width = shape[1]!;
      return { dtype: 'float32' as const, shape: [width], data: data.slice(k * width, (k + 1) * width) };
    });
  return {
    unet: new Map(),
    modifierTokens: new Map([
      ['<new1>', rows(0)],
      ['<new2>', rows(1)],
    ]),
  };
}

/** Largest absolute difference over the largest absolute value of the reference. */
export function relativeError(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (actual.length !== reference.length) return Infinity;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - reference[i]!));
    largest = Math.max(largest, Math.abs(reference[i]!));
  }
  return difference / largest;
}
