import { z } from 'zod';
import { ProductError } from '../../src/common/errors';
import { samplerNames, type SamplerName } from '../../src/common/samplerNames';
import { createScheduler } from '../sample/schedulers/createScheduler';
import type { Scheduler } from '../sample/schedulers/scheduler';
import { parseSchedulerConfig } from '../sample/schedulers/schedulerConfig';
import { float32 } from '../tensorData';
import { limits } from './limits';
import { numbersOf, ratio } from './measures';
import type { Recording, RecordedTensors } from './recording';
import type { Report } from './report';

/** The recorded solver settings, by `<solver>.<steps>`. */
export const schedulerSettings = z.record(
  z.string(),
  z.looseObject({ init_noise_sigma: z.number(), eta: z.number().optional() }),
);

/** Every solver, driven by recorded model outputs and noise: its timesteps, the first noise level, the state after each step. */
export async function schedulerChecks(recording: Recording, report: Report): Promise<void> {
  const settings = await recording.json('schedulers', schedulerSettings);
  const recorded = await recording.tensors('schedulers');
  const solvers = new Set(Object.keys(settings).map(solverOf));
  report.exact(
    'schedulers recorded for every solver',
    samplerNames.filter((name) => !solvers.has(name)),
  );
  for (const [key, setting] of Object.entries(settings)) {
    const config = parseSchedulerConfig(setting, recording.path('schedulers.json'));
    const scheduler = createScheduler(solverOf(key), config, stepsOf(key), { eta: setting.eta });
    report.exact(`scheduler ${key} timesteps`, differingSteps(scheduler, recorded, key));
    const sigma = setting.init_noise_sigma;
    report.measure(
      `scheduler ${key} init_noise_sigma`,
      ratio(Math.abs(scheduler.initNoiseSigma - sigma), sigma),
      limits.solver,
    );
    const states = recorded.get(`${key}.states`);
    report.compare(
      `scheduler ${key} states`,
      float32(states.shape, drive(scheduler, recorded, key)),
      states,
      limits.solver,
    );
  }
}

/** A key is the solver's name, perhaps with a marked setting, and the number of steps: `ddim-eta1.20`. */
function solverOf(key: string): SamplerName {
  const label = key.slice(0, key.lastIndexOf('.'));
  const found = samplerNames.find((name) => name === label.replace(/-eta[\d.]+$/, ''));
  if (!found) throw new ProductError('bad-file', 'schedulers.json', `there is no solver ${label}`);
  return found;
}

const stepsOf = (key: string) => Number(key.slice(key.lastIndexOf('.') + 1));

function differingSteps({ timesteps }: Scheduler, recorded: RecordedTensors, key: string): string[] {
  const expected = Array.from(numbersOf(recorded.get(`${key}.timesteps`)));
  if (timesteps.length !== expected.length) return [`${timesteps.length} instead of ${expected.length} timesteps`];
  return expected.flatMap((t, i) => (timesteps[i] === t ? [] : [`step ${i}: ${timesteps[i]} instead of ${t}`]));
}

/** All states one after the other; each step continues from our own state, so that errors would add up. */
function drive(scheduler: Scheduler, recorded: RecordedTensors, key: string): number[] {
  const values = (name: string) => recorded.get(`${key}.${name}`).data as Float32Array;
  let latents = values('initial');
  const size = latents.length;
  const row = (name: string, i: number) => values(name).slice(i * size, (i + 1) * size);
  const states: number[] = [];
  // Read also where a solver adds no noise of its own.
  const noises = values('noises');
  for (let i = 0; i < scheduler.timesteps.length; i++) {
    latents = scheduler.step(row('model_outputs', i), i, latents, () => noises.slice(i * size, (i + 1) * size));
    states.push(...latents);
  }
  return states;
}
