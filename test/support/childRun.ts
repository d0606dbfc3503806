import { readFileSync } from 'node:fs';
import { saveCheckpoint } from '../../native-runtime/train/checkpoint';
import { float32 } from '../../native-runtime/tensorData';
import { TrainState } from '../../native-runtime/train/state';
import { prepareRun, type PrepareOptions } from '../../native-runtime/train/prepareRun';
import { resumeRun } from '../../native-runtime/train/resumeRun';
import type { RunHooks } from '../../native-runtime/train/runHooks';
import { trainRun } from '../../native-runtime/train/trainRun';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';

/** What a child process is asked to do; written as JSON into a file whose path is its argument. */
export interface ChildTask {
  options: PrepareOptions;
  /** Starts a run of this configuration. */
  config?: ResolvedTrainConfig;
  /** Goes on with the run in this folder. */
  resume?: string;
  /** Dies by SIGKILL after this step. */
  killAfterStep?: number;
  /** Instead of training: saves two checkpoints of the same small state here, keeping one, and dies at this stage of the second. */
  save?: { checkpoints: string; killAtStage: string };
}

const kill = () => process.kill(process.pid, 'SIGKILL');

async function main(): Promise<void> {
  const task = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as ChildTask;
  const hooks: RunHooks = {
    onEvent: (event) => void (event.kind === 'warning' && process.stderr.write(`${event.message}\n`)),
    onStart: (folder) => process.stdout.write(`${folder}\n`),
    onStep: ({ step }) => void (step === task.killAfterStep && kill()),
  };
  if (task.save) await saveTwice(task.save.checkpoints, task.save.killAtStage);
  else if (task.resume !== undefined) await resumeRun(task.resume, task.options, hooks);
  else await trainRun(await prepareRun(task.config!, task.options), hooks);
}

async function saveTwice(checkpoints: string, killAtStage: string): Promise<void> {
  const state = TrainState.start(new Map([['w', float32([1000])]]));
  const identity = { config: {}, base: { family: '', fingerprint: '', content: '' }, concepts: [] };
  for (const step of [3, 6]) {
    state.updates = step;
    const onStage = (stage: string) => void (step === 6 && stage === killAtStage && kill());
    await saveCheckpoint(checkpoints, state, { step, notFiniteInARow: 0 }, identity, { keep: 1, onStage });
  }
}

void main();
