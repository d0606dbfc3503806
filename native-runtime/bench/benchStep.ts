import { parseFreezeMode } from '../../src/common/freezeModes';
import { defaultOptimizer } from '../train/optimizer';
import { deviceStep, type StepOptions } from '../train/stepGraph';
import type { BenchOptions } from './inputs';

/** A step of two kinds of rows, half of them each. @throws ProductError `bad-config` for an unknown mode. */
export function benchStep({
  rows,
  mode,
  concepts = 1,
  recompute,
  session,
}: Pick<BenchOptions, 'rows' | 'mode' | 'concepts' | 'recompute' | 'session'>): StepOptions {
  return {
    selection: parseFreezeMode(mode),
    modifiers: concepts,
    optimizer: { ...defaultOptimizer, clip: 1 },
    accumulation: 1,
    recompute,
    instanceRows: Math.ceil(rows / 2),
    fedPriors: rows > 1,
    priorLossWeight: 1,
    weighting: 'paper',
    ...deviceStep(session.device ?? 'cpu'),
  };
}
