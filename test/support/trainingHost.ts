import { afterAll, beforeAll } from 'vitest';
import { JobQueue } from '../../src/worker/jobQueue';
import { RuntimeSupervisor } from '../../src/worker/runtimeSupervisor';
import { TrainingService } from '../../src/worker/trainingService';
import { bundleForHost, removeBundles } from './hostProcess';
import { recordingLog } from './standIn';

/** What the editor trains with. */
export interface TrainingHost {
  log: ReturnType<typeof recordingLog>;
  queue: JobQueue;
  supervisor: RuntimeSupervisor;
  training: TrainingService;
}

/**
 * The editor's supervisor and training service over the real runtime process, for the tests of a file.
 * @param nodePath what the runtime is started with, asked for at each start; the product's own choice if left out
 */
export function trainingHost(nodePath: () => string | undefined = () => undefined): TrainingHost {
  const host = { log: recordingLog(), queue: new JobQueue() } as TrainingHost;
  beforeAll(async () => {
    const program = await bundleForHost('native-runtime/entry/runtime.ts');
    const settings = () => ({ idleMinutes: 0, silenceMinutes: 0, nodePath: nodePath() });
    const restartLimits = { restarts: 20, windowMs: 600_000, backoffMs: 10 };
    host.supervisor = new RuntimeSupervisor({ program, log: host.log, settings, restartLimits });
    host.training = new TrainingService({
      supervisor: host.supervisor,
      queue: host.queue,
      log: host.log,
      moveToTrash: async () => {},
    });
  });
  afterAll(async () => {
    host.training.dispose();
    host.queue.dispose();
    await host.supervisor.shutdown();
    removeBundles();
  });
  return host;
}
