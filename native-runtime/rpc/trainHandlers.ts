import type { TrainingResult, TrainingUpdate } from '../../src/common/protocol/training';
import { productMedia } from '../productMedia';
import { checkRun } from '../train/checkRun';
import { prepareRun } from '../train/prepareRun';
import { resolveInputsFrom } from '../train/resolveInputs';
import { resumeRun } from '../train/resumeRun';
import type { RunHooks, RunResult } from '../train/runHooks';
import { stepDownOfRun } from '../train/stepDown';
import { trainRun } from '../train/trainRun';
import type { JobSlot } from './jobSlot';
import type { LoadedModels } from './loadedModels';
import { Notifier } from './notifier';
import type { Notify } from './notifications';
import type { HandlerGroup } from './server';
import { asTrainingUpdate, gathering, gridRecord, stepRecord } from './trainingUpdates';

/** Answers what stops a configuration from being trained, and trains: one run at a time, told of as it goes. */
export function trainHandlers(
  jobs: JobSlot,
  models: LoadedModels,
  notify: Notify,
): HandlerGroup<'train/check' | 'train/start' | 'train/resume' | 'train/stop' | 'train/stepDown'> {
  const train = (job: string, signal: AbortSignal, work: (hooks: RunHooks) => Promise<RunResult>) =>
    jobs.run('training', job, signal, async (stop): Promise<TrainingResult> => {
      // Training takes the memory that kept graphs hold.
      await models.release();
      const updates = new Notifier<TrainingUpdate>((update) => notify('train/update', { job, update }), gathering);
      try {
        return await work(hooksFor(updates, stop));
      } finally {
        updates.flush();
      }
    });
  return {
    'train/check': ({ config, folder, estimate }, signal) => checkRun(config, folder, { estimate, signal }),
    'train/start': ({ job, config, folder }, signal) =>
      train(job, signal, async (hooks) => {
        const inputs = await resolveInputsFrom(config, folder);
        const run = await prepareRun(inputs.config, { ...productMedia(), signal: hooks.signal });
        return trainRun(run, hooks);
      }),
    'train/resume': ({ job, run, device, recompute }, signal) =>
      train(job, signal, (hooks) =>
        resumeRun(run, { ...productMedia(), signal: hooks.signal, device, recompute }, hooks),
      ),
    'train/stepDown': async ({ run }) => {
      const { config, changes, isSameRun } = await stepDownOfRun(run, productMedia());
      return { config: { ...config }, changes, isSameRun };
    },
    'train/stop': async ({ job }) => {
      jobs.stop(job);
      return {};
    },
  };
}

function hooksFor(updates: Notifier<TrainingUpdate>, signal: AbortSignal): RunHooks {
  return {
    signal,
    onStart: (folder) => updates.add({ kind: 'started', folder }),
    onEvent: (event) => updates.add(asTrainingUpdate(event)),
    onStep: (report) => updates.add({ kind: 'steps', steps: [stepRecord(report)] }),
    onSample: (grid) => updates.add({ kind: 'samples', grid: gridRecord(grid) }),
  };
}
