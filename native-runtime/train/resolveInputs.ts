import { checkTrainConfig } from '../../src/common/config/checkTrainConfig';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { resolveTrainConfig } from '../../src/common/config/resolveTrainConfig';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { resolveAllPaths } from '../data/configPaths';
import type { BaseModel } from '../models/baseModel';
import { productMedia } from '../productMedia';
import { loadConfiguredBase, traitsOf } from './prepareRun';

/** A configuration with its defaults filled in, and its base model opened. */
export interface TrainInputs {
  config: ResolvedTrainConfig;
  base: BaseModel;
}

/** Opens the base of a configuration and fills in what depends on it. @throws ProductError naming the field or file at fault */
export async function resolveInputs(written: TrainConfig): Promise<TrainInputs> {
  const base = await loadConfiguredBase(written.base, productMedia());
  return { config: resolveTrainConfig(written, traitsOf(base)), base };
}

/** The same for a value that may be anything; paths in it start at `folder`. @throws ProductError naming the field or file at fault */
export async function resolveInputsFrom(value: unknown, folder: string): Promise<TrainInputs> {
  return resolveInputs(await resolveAllPaths(checkTrainConfig(value), folder));
}
