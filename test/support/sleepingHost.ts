import { readFileSync } from 'node:fs';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { secondsLeft } from '../../src/common/webview/runEta';
import { JobQueue } from '../../src/worker/jobQueue';
import { RuntimeSupervisor } from '../../src/worker/runtimeSupervisor';
import { TrainingService } from '../../src/worker/trainingService';

/** What a host that will be put to sleep is asked to do; JSON in a file whose path is its argument. */
export interface SleepTask {
  program: string;
  folder: string;
  config: TrainConfig;
  /** How long a job may be silent and a request may take. */
  limitMs: number;
}

/** What it saw. */
export interface SleepReport {
  state: string;
  steps: number;
  /** Jobs that were called silent. */
  silences: number;
  /** Requests answered, and those that failed, by their words. */
  answers: number;
  failures: string[];
  /** What the last steps said is left after the longest step. */
  secondsLeft: number | undefined;
  longestStep: number;
  /** Processes that the runtime had. */
  starts: number;
}

/** Trains, asks the runtime something all the time, and tells what came of it. The first line of output is the runtime's process. */
async function main({ program, folder, config, limitMs }: SleepTask): Promise<void> {
  const log = { error: note, warn: note, info: note, debug: note };
  const supervisor = new RuntimeSupervisor({
    program,
    log,
    settings: () => ({ idleMinutes: 5, silenceMinutes: limitMs / 60_000 }),
    requestLimits: { 'train/stop': limitMs },
    handshakeLimitMs: 60_000,
  });
  let starts = 0;
  supervisor.onDidChangeState(({ kind }) => void (kind === 'ready' && starts++));
  const training = new TrainingService({ supervisor, queue: new JobQueue(), log, moveToTrash: async () => {} });
  await supervisor.start();
  const { pid } = supervisor.state as { pid: number };
  const run = training.start({ config, folder, title: 'sleep' });
  // The graphs are compiled by then, which holds the runtime up for longer than the limit of this test.
  await new Promise<void>((done) => training.onUpdate(({ update }) => update.kind === 'steps' && done()));
  let silences = 0;
  supervisor.onDidChangeSilence(({ isSilent }) => void (isSilent && silences++));
  process.stdout.write(`${pid}\n`);
  const failures: string[] = [];
  let answers = 0;
  // Answered between two steps; reading a model would take many of them.
  while (!run.hasEnded)
    await supervisor.request('train/stop', { job: 'another' }).then(
      () => answers++,
      (error: Error) => failures.push(error.message),
    );
  const seconds = run.steps.map((step) => step.seconds);
  const longestStep = Math.max(...seconds);
  const after = seconds.slice(0, seconds.indexOf(longestStep) + 2);
  const report: SleepReport = {
    state: run.state,
    steps: run.step,
    silences,
    answers,
    failures,
    secondsLeft: secondsLeft(after, after.length, config.steps!),
    longestStep,
    starts,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  await supervisor.shutdown();
}

function note(message: string): void {
  process.stderr.write(`${message}\n`);
}

void main(JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as SleepTask);
