import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pocketBase } from '../../src/common/config/configLimits';
import { ProductError } from '../../src/common/errors';
import { baseUnetWeights, blendDelta } from '../delta/blendDelta';
import type { Delta } from '../delta/delta';
import { loadDelta } from '../delta/loadDelta';
import type { BaseModel } from '../models/baseModel';
import { untuned, type TunedWeights } from '../sample/tunedWeights';
import { baseContentHash } from '../train/baseIdentity';
import { hashFile } from '../train/fileHash';
import { readRunConfig } from '../train/resumeRun';
import { RunFolder } from '../train/runFolder';
import { openBase } from './baseChoice';

/** A base model with the fine-tune the user chose, if any. */
export interface FineTune {
  /** As the user named it, or as the run did. */
  baseChoice: string;
  base: BaseModel;
  delta?: LoadedDelta;
}

/** A delta and the file it came from. */
export interface LoadedDelta {
  path: string;
  sha256: string;
  delta: Delta;
  /** A short name for labels: that of the run, or of the file. */
  name: string;
  modifierTokens: string[];
}

/**
 * Opens what `--base` and `--delta` name. A delta may be a file or the folder of a run; a run brings its own base model.
 * @param onWarning told when the delta was made from another base
 * @throws ProductError naming the file at fault
 */
export async function openFineTune(
  options: { base?: string; delta?: string },
  onWarning: (text: string) => void,
): Promise<FineTune> {
  const path = options.delta === undefined ? undefined : deltaPath(options.delta);
  const baseChoice = options.base ?? (path === undefined ? undefined : await baseOfRun(path)) ?? pocketBase;
  const base = await openBase(baseChoice);
  if (path === undefined) return { baseChoice, base };
  const weightOf = async (name: string) => (await baseUnetWeights(base, [name])).get(name)!;
  const delta = await loadDelta(path, weightOf);
  const content = delta.metadata.base_content;
  if (content !== undefined && content !== (await baseContentHash(base)))
    onWarning(`${path}: it was trained on another base model than ${base.path}`);
  const { sha256 } = await hashFile(path);
  const name = isRun(dirname(path)) ? basename(dirname(path)) : basename(path).replace(/\.[^.]+$/, '');
  return { baseChoice, base, delta: { path, sha256, delta, name, modifierTokens: [...delta.modifierTokens.keys()] } };
}

/** The weights to make pictures with: the base's, or those of the delta at a strength. @throws ProductError as `blendDelta`. */
export async function tunedAt({ base, delta }: FineTune, strength: number): Promise<TunedWeights> {
  return delta ? blendDelta(base, delta.delta, strength) : untuned;
}

function deltaPath(choice: string): string {
  const path = resolve(choice);
  if (!existsSync(path)) throw new ProductError('not-found', choice, 'there is no such delta', 'Check the path');
  if (!statSync(path).isDirectory()) return path;
  const inside = join(path, 'delta.safetensors');
  if (existsSync(inside)) return inside;
  const remedy = isRun(path)
    ? `Go on with it: custom-diffusion train --resume ${choice}`
    : 'Give a file or the folder of a run';
  throw new ProductError('not-found', choice, 'there is no delta.safetensors in this folder', remedy);
}

async function baseOfRun(delta: string): Promise<string | undefined> {
  const folder = dirname(delta);
  return isRun(folder) ? (await readRunConfig(new RunFolder(folder))).base : undefined;
}

function isRun(folder: string): boolean {
  const run = new RunFolder(folder);
  return existsSync(run.config) && existsSync(run.manifest);
}
