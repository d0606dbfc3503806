import { pocketBase } from '../../src/common/config/configLimits';
import { baseUnetWeights, blendDelta } from '../delta/blendDelta';
import type { Delta } from '../delta/delta';
import { baseOfDelta, findDelta, readDelta } from '../delta/deltaFile';
import { openBase } from '../models/baseChoice';
import type { BaseModel } from '../models/baseModel';
import { toolVersion } from '../toolVersion';
import { baseContentHash } from '../train/baseIdentity';
import { hashFile } from '../train/fileHash';
import type { SaveOptions } from './savePictures';
import { untuned, type TunedWeights } from './tunedWeights';

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
 * Opens what is chosen as base and delta. A delta may be a file, or the folder of a run or a checkpoint; a run brings its own base
 * model.
 * @param onWarning told when the delta was made from another base
 * @throws ProductError naming the file at fault
 */
export async function openFineTune(
  options: { base?: string; delta?: string },
  onWarning: (text: string) => void,
): Promise<FineTune> {
  const file = options.delta === undefined ? undefined : await findDelta(options.delta);
  const baseChoice = options.base ?? (file && (await baseOfDelta(file))) ?? pocketBase;
  const base = await openBase(baseChoice);
  if (!file) return { baseChoice, base };
  const delta = await readDelta(file, async (name) => (await baseUnetWeights(base, [name])).get(name)!);
  const content = delta.metadata.base_content;
  const { path, name } = file;
  if (content !== undefined && content !== (await baseContentHash(base)))
    onWarning(`${path}: it was trained on another base model than ${base.path}`);
  const { sha256 } = await hashFile(path);
  return { baseChoice, base, delta: { path, sha256, delta, name, modifierTokens: [...delta.modifierTokens.keys()] } };
}

/** The weights to make pictures with: the base's, or those of the delta at a strength. @throws ProductError as `blendDelta`. */
export async function tunedAt({ base, delta }: FineTune, strength: number): Promise<TunedWeights> {
  return delta ? blendDelta(base, delta.delta, strength) : untuned;
}

/** What a saved picture says of the weights it was made with. @param strength of the delta */
export function provenanceOf({ base, delta }: FineTune, strength: number): Pick<SaveOptions, 'extra' | 'record'> {
  const record = { tool: toolVersion, base: base.fingerprint };
  if (!delta) return { record };
  const { name, sha256, modifierTokens: tokens } = delta;
  return {
    extra: { 'Custom Diffusion': name, 'Delta strength': strength },
    record: { ...record, delta: { name, sha256, strength, tokens } },
  };
}
