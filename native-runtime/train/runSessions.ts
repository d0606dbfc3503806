import { createLoopSession, type LoopedSteps } from './loopGraph';
import type { PreparedRun } from './prepareRun';
import { createStepSessions, type StepSessions } from './stepSessions';

/** The compiled graphs of a run: one step a run of a graph, or many. */
export type RunSessions = StepSessions | { loop: LoopedSteps };

/** The most steps of one run of a loop; their batches are in memory together. */
const LOOP_CAPACITY = 25;

/**
 * Compiles the training graphs for the run's device. CUDA gets the loop, since its tensors cannot stay on the device from one run of a
 * graph to the next; only the sums of several batches an update are no loop.
 */
export async function createRunSessions(run: PreparedRun): Promise<RunSessions> {
  const { base, graphShape, stepOptions, session: options } = run;
  if (options.device !== 'cuda' || stepOptions.accumulation > 1)
    return createStepSessions(base, graphShape, stepOptions, options);
  const settings = { ...options, capacity: LOOP_CAPACITY };
  return { loop: await createLoopSession(base, graphShape, stepOptions, settings) };
}

/** Frees the device memory. */
export async function releaseRunSessions(sessions: RunSessions): Promise<void> {
  if ('loop' in sessions) return sessions.loop.session.release();
  await sessions.step.release();
  await sessions.accumulate?.release();
}
