import type { StepRecord } from '../../../../src/common/protocol/training';
import { packSteps, type StepColumns } from '../../../../src/common/webview/runSteps';

/** A step record with what a test does not care about filled in. */
export function record(step: number, facts: Partial<StepRecord> = {}): StepRecord {
  return {
    step,
    loss: 1 / step,
    instanceLosses: [0.5 / step],
    priorLoss: 0.5 / step,
    gradientNorm: 1,
    learningRate: 1e-5,
    timesteps: [(step * 37) % 1000, (step * 91) % 1000],
    applied: true,
    seconds: 0.5,
    rssBytes: 3e8,
    ...facts,
  };
}

/** Steps from `first` to `last` as columns. */
export function columnsOf(
  first: number,
  last: number,
  facts: (step: number) => Partial<StepRecord> = () => ({}),
): StepColumns {
  const steps = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return packSteps(
    steps.map((step) => record(step, facts(step))),
    1,
  );
}
