import type { StepRecord } from '../../../src/common/protocol/training';
import type { RunSummary } from '../../../src/runs/runSummary';
import type { RunEntry } from '../../../src/views/runEntry';

/** A run on disk with what a test does not care about filled in. */
export function summary(facts: Partial<RunSummary> = {}): RunSummary {
  return {
    folder: '/runs/2026-11-22T10-30-cat',
    name: 'cat',
    state: 'finished',
    step: 120,
    steps: 800,
    lastLoss: 0.083,
    mode: 'crossattn-kv',
    concepts: [{ folder: '/cat', classNoun: 'cat', modifierToken: '<new1>' }],
    base: 'pocket',
    checkpoints: [],
    startedAt: 1000,
    ...facts,
  };
}

/** A run as lists show it. */
export function entry(facts: Partial<RunEntry> = {}): RunEntry {
  return {
    id: '/runs/cat',
    folder: '/runs/cat',
    name: 'cat',
    state: 'training',
    isStopping: false,
    step: 120,
    steps: 800,
    lastLoss: 0.083,
    mode: 'crossattn-kv',
    concepts: [],
    base: 'pocket',
    checkpoints: [],
    startedAt: 0,
    ...facts,
  };
}

/** A step of a run. */
export function step(number: number, facts: Partial<StepRecord> = {}): StepRecord {
  return {
    step: number,
    loss: 0.5,
    instanceLosses: [0.25],
    priorLoss: 0.25,
    gradientNorm: 1,
    learningRate: 1e-5,
    timesteps: [10, 900],
    applied: true,
    seconds: 2,
    rssBytes: 400e6,
    ...facts,
  };
}
