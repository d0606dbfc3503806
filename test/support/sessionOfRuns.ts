import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { RunStore } from '../../src/runs/runStore';
import { JobQueue } from '../../src/worker/jobQueue';
import { RuntimeSupervisor } from '../../src/worker/runtimeSupervisor';
import { SamplingService } from '../../src/worker/samplingService';
import { TrainingService } from '../../src/worker/trainingService';
import { processUse, type ProcessUse } from './processUse';

/** What a session is asked to do; JSON in a file whose path is the program's argument. */
export interface SessionTask {
  /** The bundled runtime. */
  program: string;
  /** Where runs and pictures go. */
  folder: string;
  /** The folder for temporary files, of this process and of the runtime. */
  temporary: string;
  config: TrainConfig;
  runs: number;
}

/** What is held after a run and the pictures made with it. */
export interface SessionRecord {
  host: ProcessUse;
  runtime: ProcessUse;
  /** Bytes of living JavaScript values in the host, after a collection. */
  heap: number;
  /** What keeps the host's event loop alive. */
  resources: number;
  /** Listeners on this process and its child's streams. */
  listeners: number;
  /** Below the folder for temporary files, and left beside the files of runs and pictures. */
  temporaryFiles: string[];
  steps: number;
}

/** Trains run after run and makes pictures with each, as an editor's window does. Written as one line of JSON each. */
async function main({ program, folder, temporary, config, runs }: SessionTask): Promise<void> {
  const note = (message: string) => void process.stderr.write(`${message}\n`);
  const log = { error: note, warn: note, info: note, debug: note };
  const supervisor = new RuntimeSupervisor({ program, log, settings: () => ({ idleMinutes: 5, silenceMinutes: 5 }) });
  const queue = new JobQueue();
  const training = new TrainingService({ supervisor, queue, log, moveToTrash: async () => {} });
  const sampling = new SamplingService({ supervisor, queue, log, computing: () => ({}) });
  const store = new RunStore({ roots: () => [join(folder, 'runs')] });
  const { pid } = await supervisor.start().then(() => supervisor.state as { pid: number });
  for (let i = 0; i < runs; i++) {
    const run = await training.start({ config, folder, title: `run ${i}`, totalSteps: config.steps }).end;
    if (run.state !== 'finished') throw new Error(`run ${i} is ${run.state}: ${run.error?.problem}`);
    const pictures = await sampling.generate({
      model: { delta: run.folder! },
      folder: join(folder, 'pictures'),
      request: {
        prompt: '<new1> cat',
        negativePrompt: '',
        seeds: [i],
        width: config.resolution,
        height: config.resolution,
        steps: 2,
        scheduler: 'ddim',
        guidanceScale: 2,
        captureAttention: true,
      },
    }).end;
    if (pictures.state !== 'finished') throw new Error(`pictures ${i}: ${pictures.error?.problem}`);
    await store.refresh();
    // What ends with a run, such as its threads, is given a moment.
    await sleep(100);
    globalThis.gc?.();
    const record: SessionRecord = {
      host: processUse(process.pid),
      runtime: processUse(pid),
      heap: process.memoryUsage().heapUsed,
      resources: process.getActiveResourcesInfo().length,
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
      temporaryFiles: [...filesBelow(temporary), ...filesBelow(folder).filter((path) => /\.tmp\b|\.part$/.test(path))],
      steps: run.step,
    };
    process.stdout.write(`${JSON.stringify(record)}\n`);
  }
  training.dispose();
  sampling.dispose();
  queue.dispose();
  store.dispose();
  await supervisor.shutdown();
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String);
}

void main(JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as SessionTask);
