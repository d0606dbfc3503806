import type { SampleGridRecord, StepRecord, TrainingUpdate } from '../../src/common/protocol/training';
import type { RunEvent } from '../train/runHooks';
import type { StepReport } from '../train/runLog';
import type { SampleGrid } from '../train/sampleGrids';
import type { Gathering } from './notifier';

/** How the updates of a run are gathered: steps are put together, of counts the last one is enough. */
export const gathering: Gathering<TrainingUpdate> = {
  canWait: ({ kind }) => kind === 'steps' || kind === 'preparing',
  join: (earlier, later) => {
    if (earlier.kind === 'steps' && later.kind === 'steps')
      return { kind: 'steps', steps: [...earlier.steps, ...later.steps] };
    if (earlier.kind === 'preparing' && later.kind === 'preparing' && earlier.part === later.part) return later;
    return undefined;
  },
};

/** A run's event in the words of the protocol. */
export function asTrainingUpdate(event: RunEvent): TrainingUpdate {
  if (event.kind !== 'progress') return event;
  const { part, done, total } = event;
  return { kind: 'preparing', part, done, total };
}

/** A step in the words of the protocol: what was not finite is null. */
export function stepRecord(report: StepReport): StepRecord {
  const { step, loss, instanceLosses, priorLoss, gradientNorm, learningRate, timesteps, applied, seconds, rssBytes } =
    report;
  return {
    step,
    loss: finite(loss),
    instanceLosses: instanceLosses.map(finite),
    priorLoss: finite(priorLoss),
    gradientNorm: finite(gradientNorm),
    learningRate,
    timesteps,
    applied,
    seconds,
    rssBytes,
  };
}

/** A grid in the words of the protocol. */
export function gridRecord({ step, grid, pictures }: SampleGrid): SampleGridRecord {
  return { step, gridPath: grid, pictures };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
