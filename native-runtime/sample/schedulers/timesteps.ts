import { ProductError } from '../../../src/common/errors';
import type { SchedulerConfig, TimestepSpacing } from './schedulerConfig';

/** Rounds halves to the even neighbour, as NumPy does. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * Descending timesteps for solvers whose last step ends at the data: `steps` of them, the spacing counted over `steps` intervals.
 * `rounded` is whether linspace gives whole timesteps.
 */
export function spacedTimesteps(
  config: SchedulerConfig,
  steps: number,
  spacing: TimestepSpacing,
  rounded = true,
): Float32Array {
  const whole = rounded ? roundHalfEven : Math.fround;
  const { trainTimesteps } = config;
  if (spacing === 'trailing') return trailing(trainTimesteps, steps);
  if (spacing === 'linspace') return descending(steps, (i) => whole(evenly(i, steps - 1, trainTimesteps - 1)));
  const ratio = Math.floor(trainTimesteps / steps);
  return checked(
    descending(steps, (i) => i * ratio + config.stepsOffset),
    trainTimesteps,
  );
}

/** Descending timesteps of the multistep solvers (DPM-Solver, UniPC): the spacing is counted over `steps + 1` points, the last left out. */
export function multistepTimesteps(config: SchedulerConfig, steps: number, spacing: TimestepSpacing): Float32Array {
  const { trainTimesteps } = config;
  if (spacing === 'trailing') return trailing(trainTimesteps, steps);
  if (spacing === 'linspace') {
    // With as many steps as timesteps two points would coincide, and the solvers divide by their distance.
    if (steps >= trainTimesteps) throw tooMany(steps, trainTimesteps);
    return descending(steps, (i) => roundHalfEven(evenly(i + 1, steps, trainTimesteps - 1)));
  }
  const ratio = Math.floor(trainTimesteps / (steps + 1));
  if (ratio === 0) throw tooMany(steps, trainTimesteps);
  return checked(
    descending(steps, (i) => (i + 1) * ratio + config.stepsOffset),
    trainTimesteps,
  );
}

/** @throws ProductError `bad-config` unless `steps` is a whole number from 1 to the training timesteps. */
export function checkSteps(steps: number, trainTimesteps: number): void {
  if (!Number.isInteger(steps) || steps < 1)
    throw new ProductError('bad-config', 'steps', `${steps} is not a number of steps`, 'Use a whole number from 1');
  if (steps > trainTimesteps) throw tooMany(steps, trainTimesteps);
}

function trailing(trainTimesteps: number, steps: number): Float32Array {
  const ratio = trainTimesteps / steps;
  return Float32Array.from({ length: steps }, (_, i) => roundHalfEven(trainTimesteps - i * ratio) - 1);
}

/** The i-th of `intervals + 1` evenly spaced numbers from 0 to `last`, multiplied out as NumPy does: halves must round alike. */
function evenly(i: number, intervals: number, last: number): number {
  return i === 0 ? 0 : i === intervals ? last : i * (last / intervals);
}

function descending(count: number, ascending: (i: number) => number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ascending(count - 1 - i));
}

function checked(timesteps: Float32Array, trainTimesteps: number): Float32Array {
  if (timesteps[0]! >= trainTimesteps) throw tooMany(timesteps.length, trainTimesteps);
  return timesteps;
}

function tooMany(steps: number, trainTimesteps: number): ProductError {
  return new ProductError(
    'bad-config',
    'steps',
    `${steps} steps do not fit into the ${trainTimesteps} timesteps of the model's schedule`,
    'Use fewer steps',
  );
}
