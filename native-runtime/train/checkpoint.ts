import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { asDiskError, atomicWrite, syncFolder } from '../atomicWrite';
import { patientRename } from '../patientRename';
import { readJsonObject } from '../formats/jsonFile';
import { openSafetensors, readTensors, writeSafetensors } from '../formats/safetensors';
import type { TensorData } from '../tensorData';
import { hashFile, type FileHash } from './fileHash';
import { TrainState } from './state';
import type { RunIdentity } from './runIdentity';

/** Where a run stood. */
export interface Progress {
  /** Steps done, skipped ones included. */
  step: number;
  /** Steps in a row, up to this one, whose loss or gradient was not finite. */
  notFiniteInARow: number;
}

/** A checkpoint that was read and found complete. */
export interface LoadedCheckpoint extends Progress {
  folder: string;
  state: TrainState;
  /** As written; compare it with `requireSameIdentity`. */
  identity: unknown;
}

/** A point at which a process may die while it saves: for tests. */
export type SaveStage = 'start' | 'state' | 'manifest' | 'promoted' | 'rotated';

/** How a checkpoint is saved. */
export interface SaveOptions {
  /** How many of the newest are kept, at least one. */
  keep: number;
  /** Called after each stage. */
  onStage?: (stage: SaveStage) => void;
}

const format = 'custom-diffusion-checkpoint';
const version = 1;
const stateFile = 'state.safetensors';

/** The folder name of a step: `000100`. */
export function stepName(step: number): string {
  return String(step).padStart(6, '0');
}

/**
 * Saves a checkpoint below `checkpoints`. It is written to a temporary folder, manifest last, and renamed: it exists complete or not
 * at all. Older ones beyond `keep` go only after that.
 * @returns its folder
 * @throws ProductError `disk-full`; earlier checkpoints are untouched.
 */
export async function saveCheckpoint(
  checkpoints: string,
  state: TrainState,
  progress: Progress,
  identity: RunIdentity,
  options: SaveOptions,
): Promise<string> {
  const folder = join(checkpoints, stepName(progress.step));
  const draft = temporaryName(checkpoints);
  const reached = options.onStage ?? (() => {});
  try {
    await mkdir(draft, { recursive: true });
    reached('start');
    const path = join(draft, stateFile);
    await writeSafetensors(path, packState(state), { step: String(progress.step), updates: String(state.updates) });
    reached('state');
    const files = { [stateFile]: await hashFile(path) };
    await atomicWrite(
      join(draft, 'manifest.json'),
      sealed({ format, version, ...progress, updates: state.updates, identity, files }),
    );
    reached('manifest');
    await promote(draft, folder);
    await syncFolder(checkpoints);
    reached('promoted');
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    throw asDiskError(error, folder);
  }
  await rotate(checkpoints, progress.step, Math.max(1, options.keep));
  reached('rotated');
  return folder;
}

/** The steps that have a folder, newest first. Only names of digits count: copies made by cloud folders do not. */
export async function checkpointSteps(checkpoints: string): Promise<number[]> {
  const names = await readdir(checkpoints).catch(() => []);
  return names
    .filter((name) => /^\d{6,}$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

/**
 * The newest complete checkpoint by its step, whatever the clock says; undefined when there is none. Remains of interrupted saves are
 * removed.
 * @param onSkipped told of each one that cannot be used, and why
 */
export async function newestCheckpoint(
  checkpoints: string,
  onSkipped: (folder: string, reason: string) => void = () => {},
): Promise<LoadedCheckpoint | undefined> {
  await removeRemains(checkpoints);
  for (const step of await checkpointSteps(checkpoints)) {
    const folder = join(checkpoints, stepName(step));
    try {
      return await loadCheckpoint(folder, step);
    } catch (error) {
      if (!(error instanceof ProductError)) throw error;
      onSkipped(folder, error.problem);
    }
  }
  return undefined;
}

/**
 * Reads one checkpoint and checks every byte of it.
 * @throws ProductError `bad-file` or `not-found` saying what is wrong.
 */
export async function loadCheckpoint(folder: string, expectedStep?: number): Promise<LoadedCheckpoint> {
  const manifest = await readManifest(join(folder, 'manifest.json'));
  const path = join(folder, stateFile);
  const damaged = (problem: string) => new ProductError('bad-file', folder, problem, 'An earlier checkpoint is used');
  const saved = manifest.files[stateFile];
  const found = await hashFile(path).catch(() => undefined);
  if (!found) throw damaged(`${stateFile} is missing`);
  if (found.sha256 !== saved?.sha256 || found.bytes !== saved.bytes)
    throw damaged(`${stateFile} is not what was saved`);
  const file = await openSafetensors(path);
  const { step, updates } = manifest;
  if (file.metadata.step !== String(step) || file.metadata.updates !== String(updates))
    throw damaged(`its manifest says step ${step}, its weights say ${file.metadata.step}`);
  if (expectedStep !== undefined && step !== expectedStep) throw damaged(`it holds step ${step}`);
  const state = unpackState(await readTensors(file), updates);
  return { folder, step, notFiniteInARow: manifest.notFiniteInARow, state, identity: manifest.identity };
}

interface Manifest extends Progress {
  updates: number;
  identity: unknown;
  files: Record<string, FileHash>;
}

async function readManifest(path: string): Promise<Manifest> {
  const { seal, ...content } = await readJsonObject(path);
  if (content.format !== format) throw new ProductError('bad-file', path, 'this is no checkpoint');
  if (content.version !== version)
    throw new ProductError(
      'bad-file',
      path,
      `format version ${String(content.version)}; this program reads ${version}`,
      'Use the program that wrote it',
    );
  if (seal !== sealOf(content)) throw new ProductError('bad-file', path, 'the manifest is damaged');
  return content as unknown as Manifest;
}

function sealOf(content: Record<string, unknown>): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** JSON that carries a hash of itself, so that a flipped bit anywhere is noticed. */
function sealed(content: Record<string, unknown>): string {
  const plain = JSON.parse(JSON.stringify(content)) as Record<string, unknown>;
  return JSON.stringify({ ...plain, seal: sealOf(plain) }, null, 1);
}

function packState(state: TrainState): Map<string, TensorData> {
  const all = new Map<string, TensorData>();
  for (const [kind, map] of [
    ['weight', state.weights],
    ['m', state.m],
    ['v', state.v],
  ] as const)
    for (const [name, tensor] of map) all.set(`${kind}.${name}`, tensor);
  return all;
}

function unpackState(all: ReadonlyMap<string, TensorData>, updates: number): TrainState {
  const part = (kind: string) =>
    new Map(
      [...all].filter(([name]) => name.startsWith(`${kind}.`)).map(([name, t]) => [name.slice(kind.length + 1), t]),
    );
  return TrainState.restore(part('weight'), part('m'), part('v'), updates);
}

const temporaryName = (checkpoints: string) => join(checkpoints, `.${randomBytes(6).toString('hex')}.tmp`);

/** Renames the draft to its place; whatever stands there is moved aside first and removed after. */
async function promote(draft: string, folder: string): Promise<void> {
  const aside = temporaryName(join(folder, '..'));
  const occupied = await patientRename(folder, aside).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  await patientRename(draft, folder);
  if (occupied) await rm(aside, { recursive: true, force: true });
}

/**
 * Removes the oldest checkpoints, and later ones than that just saved: the run was taken up before them because they are damaged.
 * Each is renamed first, so that a half removed one is never mistaken for a whole.
 */
async function rotate(checkpoints: string, saved: number, keep: number): Promise<void> {
  const steps = await checkpointSteps(checkpoints);
  const kept = new Set(steps.filter((step) => step <= saved).slice(0, keep));
  for (const step of steps.filter((other) => !kept.has(other))) {
    const doomed = temporaryName(checkpoints);
    await patientRename(join(checkpoints, stepName(step)), doomed);
    await rm(doomed, { recursive: true, force: true });
  }
}

async function removeRemains(checkpoints: string): Promise<void> {
  const names = await readdir(checkpoints).catch(() => []);
  for (const name of names)
    if (/^\.[0-9a-f]{12}\.tmp$/.test(name)) await rm(join(checkpoints, name), { recursive: true, force: true });
}
