import { ProductError } from '../../src/common/errors';
import type { Delta } from '../delta/delta';
import { encodeNativeDelta } from '../delta/nativeDelta';
import { saveDelta } from '../delta/saveDelta';
import { openSafetensors, readTensor } from '../formats/safetensors';
import type { TunedWeights } from '../sample/tunedWeights';
import type { TensorData } from '../tensorData';
import { toolVersion } from '../toolVersion';
import { hashFile, type FileHash } from './fileHash';
import type { PreparedRun } from './prepareRun';
import { splitTrained } from './trainedDelta';

/** The trained weights and the modifier tokens' rows, as pictures are made with them. */
export function tunedWeights(run: PreparedRun, weights: ReadonlyMap<string, TensorData>): TunedWeights {
  return splitTrained(
    weights,
    run.config.concepts.map(({ modifierToken }) => modifierToken),
  );
}

/**
 * Writes the delta of a run with where it came from, then reads it again and compares every value.
 * @param step how many steps it was trained
 * @throws ProductError `disk-full`; `internal` when the file holds anything else than the memory.
 */
export async function writeRunDelta(
  path: string,
  run: PreparedRun,
  weights: ReadonlyMap<string, TensorData>,
  step: number,
): Promise<FileHash> {
  const { unet, modifierTokens } = tunedWeights(run, weights);
  const delta: Delta = {
    unet: new Map(unet),
    modifierTokens: new Map([...modifierTokens].map(([token, rows]) => [token, [...rows]])),
    metadata: provenance(run, step),
  };
  await saveDelta(path, delta, 'safetensors');
  // One tensor at a time: those of SDXL are 1.4 GB together.
  const file = await openSafetensors(path);
  for (const [name, tensor] of encodeNativeDelta(delta).tensors)
    requireEqual(path, name, tensor, await readTensor(file, name));
  return hashFile(path);
}

/** No dates and no paths: the same run gives the same bytes anywhere. */
function provenance({ config, identity }: PreparedRun, step: number): Record<string, string> {
  return {
    tool: `custom-diffusion ${toolVersion}`,
    base_family: identity.base.family,
    base_fingerprint: identity.base.fingerprint,
    base_content: identity.base.content,
    modifier_tokens: JSON.stringify(config.concepts.map(({ modifierToken }) => modifierToken)),
    class_nouns: JSON.stringify(config.concepts.map(({ classNoun }) => classNoun)),
    ...(config.layers ? { layers: JSON.stringify(config.layers) } : { mode: config.mode ?? '' }),
    learning_rate: String(config.learningRate),
    modifier_learning_rate: String(config.modifierLearningRate),
    resolution: String(config.resolution),
    steps: String(step),
    seed: String(config.seed),
  };
}

function requireEqual(path: string, name: string, written: TensorData, read: TensorData): void {
  const bytes = ({ data }: TensorData) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (read.shape.join() !== written.shape.join() || !bytes(written).equals(bytes(read)))
    throw new ProductError(
      'internal',
      path,
      `${name} was not written as it is in memory`,
      'Check the disk, and save again',
    );
}
