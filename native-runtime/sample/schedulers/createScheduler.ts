import { ProductError } from '../../../src/common/errors';
import { samplerNames, type SamplerName } from '../../../src/common/samplerNames';
import { DdimScheduler } from './ddim';
import { DpmSolverScheduler } from './dpmSolver';
import { EulerScheduler } from './euler';
import { EulerAncestralScheduler } from './eulerAncestral';
import { PndmScheduler } from './pndm';
import type { Scheduler } from './scheduler';
import type { SchedulerConfig } from './schedulerConfig';
import { checkSteps } from './timesteps';
import { UniPcScheduler } from './uniPc';

/**
 * A solver by name for a model's noise schedule. `eta` (0 to 1) is DDIM's; the others have none. The name alone decides the method:
 * solver settings in the configuration, such as `use_karras_sigmas`, are those of another choice and are not read.
 * @throws ProductError `bad-config` when the name, the steps or `eta` is not possible.
 */
export function createScheduler(
  name: SamplerName,
  config: SchedulerConfig,
  steps: number,
  options: { eta?: number } = {},
): Scheduler {
  checkSteps(steps, config.trainTimesteps);
  if (options.eta !== undefined && options.eta !== 0 && name !== 'ddim')
    throw new ProductError('bad-config', 'eta', `the sampler ${name} has no eta`, 'Leave it out or use ddim');
  switch (name) {
    case 'ddim':
      return new DdimScheduler(config, steps, options.eta);
    case 'pndm':
      return new PndmScheduler(config, steps);
    case 'dpmpp-2m':
      return new DpmSolverScheduler(config, steps, false);
    case 'dpmpp-2m-karras':
      return new DpmSolverScheduler(config, steps, true);
    case 'euler':
      return new EulerScheduler(config, steps);
    case 'euler-ancestral':
      return new EulerAncestralScheduler(config, steps);
    case 'unipc':
      return new UniPcScheduler(config, steps);
    default:
      throw new ProductError('bad-config', 'sampler', `unknown: ${String(name)}`, `Use ${samplerNames.join(', ')}`);
  }
}
