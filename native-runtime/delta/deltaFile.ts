import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { checkpointSteps, stepName } from '../train/checkpoint';
import { readRunConfig } from '../train/resumeRun';
import { RunFolder } from '../train/runFolder';
import { deltaOfCheckpoint } from '../train/trainedDelta';
import type { BaseWeights, Delta } from './delta';
import { loadDelta } from './loadDelta';

/** Where a fine-tune lies, found from what the user named. */
export interface DeltaFile {
  /** The file of weights: a delta, or the state of a checkpoint. */
  path: string;
  /** A short name for labels: that of the run, or of the file. */
  name: string;
  /** The folder of the checkpoint, when the weights are in one. */
  checkpoint?: string;
  /** The run it belongs to, when it lies in one. */
  run?: RunFolder;
}

/**
 * Finds the weights that a choice means: a delta file, the newest ones of a run, or those of a checkpoint.
 * @throws ProductError `not-found` when there are none
 */
export async function findDelta(choice: string): Promise<DeltaFile> {
  const path = resolve(choice);
  if (!existsSync(path)) throw new ProductError('not-found', choice, 'there is no such delta', 'Check the path');
  if (!statSync(path).isDirectory()) return inFile(path);
  if (isCheckpoint(path)) return inCheckpoint(path);
  const inside = join(path, 'delta.safetensors');
  if (existsSync(inside)) return inFile(inside);
  const { checkpoints } = new RunFolder(path);
  const [newest] = isRun(path) ? await checkpointSteps(checkpoints) : [];
  if (newest !== undefined) return inCheckpoint(join(checkpoints, stepName(newest)));
  const remedy = isRun(path)
    ? `Go on with it: custom-diffusion train --resume ${choice}`
    : 'Give a file or the folder of a run';
  throw new ProductError('not-found', choice, 'there is no delta.safetensors in this folder', remedy);
}

/** Reads the weights. A compressed delta needs `base`. @throws ProductError as `loadDelta` and `loadCheckpoint` */
export async function readDelta(file: DeltaFile, base?: BaseWeights): Promise<Delta> {
  return file.checkpoint === undefined ? loadDelta(file.path, base) : deltaOfCheckpoint(file.checkpoint);
}

/** The base model that the run of a fine-tune names; undefined when it lies in no run. */
export async function baseOfDelta({ run }: DeltaFile): Promise<string | undefined> {
  return run && (await readRunConfig(run)).base;
}

/** The class noun of each modifier token, where the fine-tune says it. */
export function classNounsOf({
  modifierTokens,
  metadata,
}: Pick<Delta, 'modifierTokens' | 'metadata'>): Map<string, string> {
  const nouns = stringList(metadata.class_nouns);
  const tokens =
    metadata.modifier_tokens === undefined ? [...modifierTokens.keys()] : stringList(metadata.modifier_tokens);
  return new Map(
    tokens.flatMap((token, i) => (nouns[i] && modifierTokens.has(token) ? [[token, nouns[i]] as const] : [])),
  );
}

function inFile(path: string): DeltaFile {
  const folder = dirname(path);
  if (isCheckpoint(folder) && basename(path) === 'state.safetensors') return inCheckpoint(folder);
  if (isRun(folder)) return { path, name: basename(folder), run: new RunFolder(folder) };
  return { path, name: basename(path).replace(/\.[^.]+$/, '') };
}

function inCheckpoint(checkpoint: string): DeltaFile {
  const run = dirname(dirname(checkpoint));
  const step = Number(basename(checkpoint));
  const file = { path: join(checkpoint, 'state.safetensors'), checkpoint };
  return isRun(run)
    ? { ...file, name: `${basename(run)} step ${step}`, run: new RunFolder(run) }
    : { ...file, name: basename(checkpoint) };
}

function isRun(folder: string): boolean {
  const run = new RunFolder(folder);
  return existsSync(run.config) && existsSync(run.manifest);
}

function isCheckpoint(folder: string): boolean {
  return existsSync(join(folder, 'manifest.json')) && existsSync(join(folder, 'state.safetensors'));
}

/** A list of texts in JSON; empty for anything else. */
function stringList(text: string | undefined): string[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}
