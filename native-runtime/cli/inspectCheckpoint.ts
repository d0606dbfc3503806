import { statSync } from 'node:fs';
import type { WeightFile } from '../formats/weightFile';
import { isCheckpointState } from '../formats/weightHeader';
import { loadCheckpoint } from '../train/checkpoint';
import { formatBytes } from '../formatBytes';
import type { Inspection } from './inspect';

/** A checkpoint of a run; every byte is checked. @throws ProductError `bad-file` saying what is damaged. */
export async function inspectCheckpoint(folder: string): Promise<Inspection> {
  const { step, notFiniteInARow, state, identity } = await loadCheckpoint(folder);
  const parameters = [...state.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  return {
    kind: 'checkpoint',
    path: folder,
    complete: true,
    step,
    updates: state.updates,
    ...(notFiniteInARow ? { notFiniteInARow } : {}),
    trainedParameters: parameters,
    tensors: state.weights.size,
    identity,
  };
}

/** The state file of a checkpoint, when that is what a file is. */
export function decodeCheckpointMetadata(path: string, { tensors, metadata }: WeightFile): Inspection | undefined {
  if (!isCheckpointState(tensors.keys(), metadata)) return undefined;
  return {
    kind: "state of a checkpoint: weights and the optimiser's two moments",
    path,
    size: formatBytes(statSync(path).size),
    step: Number(metadata.step),
    updates: Number(metadata.updates),
    tensors: [...tensors.keys()].filter((name) => name.startsWith('weight.')).length,
  };
}
