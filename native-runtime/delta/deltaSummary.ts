import { ProductError } from '../../src/common/errors';
import type { DeltaSummary } from '../../src/common/protocol/model';
import { identifyWeights } from '../formats/identify';
import { openWeightFile, type WeightFile } from '../formats/weightFile';
import { elementCount } from '../tensorData';
import type { Delta } from './delta';
import { baseOfDelta, classNounsOf, findDelta, readDelta, type DeltaFile } from './deltaFile';
import { isDiffusersDelta } from './diffusersDelta';
import { nativeDeltaFormat } from './nativeDelta';

/**
 * What a fine-tune is: a delta file, or the newest weights of a run or checkpoint.
 * @throws ProductError as `findDelta` and `loadDelta`
 */
export async function deltaSummary(choice: string): Promise<DeltaSummary> {
  const file = await findDelta(choice);
  const weights = await openWeightFile(file.path);
  const delta = await readUncompressed(file);
  const base = await baseOfDelta(file);
  return {
    path: file.path,
    name: file.name,
    format: file.checkpoint === undefined ? formatOf(weights) : 'checkpoint',
    modifierTokens: [...(delta?.modifierTokens.keys() ?? [])],
    classNouns: delta ? Object.fromEntries(classNounsOf(delta)) : {},
    ...(base === undefined ? {} : { base }),
    parameters: delta ? parametersOf(delta) : identifyWeights(weights.tensors).parameters,
    metadata: delta?.metadata ?? weights.metadata,
  };
}

/** @returns undefined for a compressed delta, whose weights cannot be told without its base */
async function readUncompressed(file: DeltaFile): Promise<Delta | undefined> {
  try {
    return await readDelta(file);
  } catch (error) {
    if (error instanceof ProductError && error.code === 'unsupported-model') return undefined;
    throw error;
  }
}

function parametersOf({ unet, modifierTokens }: Delta): number {
  const tensors = [...unet.values(), ...[...modifierTokens.values()].flat()];
  return tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** The format's name, told by the content. */
function formatOf({ tensors, metadata, container }: WeightFile): string {
  const names = [...tensors.keys()];
  if (metadata.format === nativeDeltaFormat) return 'custom-diffusion';
  if (isDiffusersDelta(names)) return 'diffusers';
  if (names.some((name) => name === 'embed' || name.startsWith('model.diffusion_model.'))) return 'compvis';
  if (names.some((name) => /^(unet|modifier_token)\./.test(name))) return 'adobe';
  return container === 'torch' ? 'PyTorch weights' : 'safetensors weights';
}
