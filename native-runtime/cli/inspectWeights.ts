import { statSync } from 'node:fs';
import { loadAttention } from '../attention/attentionFile';
import { decodeCheckpointMetadata } from './inspectCheckpoint';
import { identifyWeights } from '../formats/identify';
import { openWeightFile, type WeightFile } from '../formats/weightFile';
import { loadDelta } from '../delta/loadDelta';
import { formatBytes } from '../formatBytes';
import type { Inspection } from './inspect';
import { inspectModel } from './inspectModel';
import { ProductError } from '../../src/common/errors';

/** Tensors listed at most. */
const LISTED = 12;

/** A file of tensors: a single-file model, a part of one, a delta, a LoRA, attention maps, a checkpoint's state. */
export async function inspectWeights(path: string): Promise<Inspection> {
  const file = await openWeightFile(path);
  if (file.metadata.format?.startsWith('custom-diffusion-attention')) return inspectAttention(path);
  const state = decodeCheckpointMetadata(path, file);
  if (state) return state;
  const identity = identifyWeights(file.tensors, file.metadata);
  const { kind, unsupported, ...facts } = identity;
  let problem: string | undefined;
  if (kind === 'single-file model' && !unsupported)
    try {
      return await inspectModel(path);
    } catch (error) {
      if (!(error instanceof ProductError)) throw error;
      problem = error.problem;
    }
  return {
    kind: kind === 'unknown' ? 'file of tensors' : kind,
    path,
    size: formatBytes(statSync(path).size),
    container: file.container,
    ...(unsupported || problem ? { cannotBeUsed: unsupported ?? problem } : {}),
    ...facts,
    tensors: file.tensors.size,
    ...(kind === 'custom diffusion delta' ? await deltaFacts(path) : {}),
    metadata: file.metadata,
    ...(kind === 'unknown' || kind === 'lora' ? { first: firstTensors(file) } : {}),
  };
}

async function deltaFacts(path: string): Promise<Record<string, unknown>> {
  try {
    const { unet, modifierTokens } = await loadDelta(path);
    const layers = [...unet.keys()];
    return {
      modifierTokens: [...modifierTokens].map(
        ([token, rows]) => `${token} (width ${rows.map(({ data }) => data.length).join(' and ')})`,
      ),
      trainedWeights: layers.length,
      trained: [...new Set(layers.map((name) => name.replace(/^.*\.(attn\d\.to_\w+)\..*$/, '$1')))].sort(),
    };
  } catch (error) {
    // A compressed delta needs its base to become weights; what it is can be said without.
    if (error instanceof ProductError && error.code === 'unsupported-model') return { compressed: true };
    throw error;
  }
}

async function inspectAttention(path: string): Promise<Inspection> {
  const { aggregate, prompt, words, picture } = await loadAttention(path);
  const { mean, steps, perLayer, perStep } = aggregate;
  return {
    kind: 'attention maps',
    path,
    prompt,
    words: words.filter(({ isSpecial }) => !isSpecial).map(({ text }) => text),
    picture: `${picture.width}×${picture.height}`,
    maps: `${mean.tokens} of ${mean.width}×${mean.height}, mean over ${steps} steps`,
    layers: [...perLayer.keys()],
    keptSteps: perStep.length,
  };
}

function firstTensors({ tensors }: WeightFile): string[] {
  const all = [...tensors.values()].map(({ name, dtype, shape }) => `${name}: ${dtype} [${shape.join(', ')}]`);
  return all.length > LISTED ? [...all.slice(0, LISTED), `… and ${all.length - LISTED} more`] : all;
}
