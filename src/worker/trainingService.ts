import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import { ProductError } from '../common/errors';
import type { RequestParams } from '../common/protocol/runtimeProtocol';
import type { TrainingResult, TrainingUpdate } from '../common/protocol/training';
import { listCheckpoints } from '../runs/checkpoints';
import { removeHostNote, writeHostNote } from '../runs/hostNote';
import { changedModelFile, type ChangedModelFile } from '../runs/modelFiles';
import { readRunConfig } from '../runs/runDocuments';
import { readRunHistory } from '../runs/runHistory';
import { l10n } from '../translation';
import { errorDataOf, isCancelled, RuntimeBusy, RuntimeExited } from './errors';
import type { JobQueue } from './jobQueue';
import type { RuntimeLog } from './runtimeLog';
import type { RuntimeSupervisor } from './runtimeSupervisor';
import { TrainingRun } from './trainingRun';

/**
 * Ways to end a run: after its step with a checkpoint (`checkpoint`, or `pause` to go on later), at once so that its last checkpoint
 * remains (`now`), or at once with everything it wrote (`discard`).
 */
export type StopKind = 'checkpoint' | 'pause' | 'now' | 'discard';

/** What a training service needs. */
export interface TrainingServiceOptions {
  supervisor: RuntimeSupervisor;
  queue: JobQueue;
  log: RuntimeLog;
  /** Moves a folder to where the user can get it back from. */
  moveToTrash: (folder: string) => Promise<void>;
}

/** A run to be started. */
export interface NewRun {
  /** The configuration, as JSON data; paths in it start at `folder`. */
  config: unknown;
  folder: string;
  title: string;
  totalSteps?: number;
}

/** What may be changed of a run that goes on. */
export type ResumeChanges = Pick<RequestParams<'train/resume'>, 'device' | 'recompute'>;

/** Something the runtime said of a run, after the run took note of it. */
export interface RunUpdate {
  run: TrainingRun;
  update: TrainingUpdate;
}

const hardness: Readonly<Record<StopKind, number>> = { checkpoint: 0, pause: 0, now: 1, discard: 2 };

const endedKept = 5;

/** Starts, resumes and stops runs, and keeps what they tell. */
export class TrainingService implements Disposable {
  private readonly changes = new Emitter<TrainingRun>();
  private readonly updates = new Emitter<RunUpdate>();
  private readonly stops = new Map<string, StopKind>();
  private readonly subscriptions: Disposable[];
  private known: TrainingRun[] = [];

  constructor(private readonly options: TrainingServiceOptions) {
    const { supervisor } = options;
    this.subscriptions = [
      supervisor.onNotification('train/update', ({ job, update }) => this.receive(job, update)),
      supervisor.onDidChangeSilence(({ job, isSilent }) => {
        const run = this.find(job);
        if (!run || run.hasEnded) return;
        run.isSilent = isSilent;
        this.changes.fire(run);
      }),
    ];
  }

  /** Fires when the state of a run changes. */
  get onDidChange(): Event<TrainingRun> {
    return this.changes.event;
  }

  /** Fires for everything the runtime says of a run. */
  get onUpdate(): Event<RunUpdate> {
    return this.updates.event;
  }

  /** The runs of this session that wait or are under way, and the last ones that ended. */
  get runs(): readonly TrainingRun[] {
    return this.known;
  }

  /** A run of this session by its job or its folder; the latest, if it was resumed. */
  find(jobOrFolder: string): TrainingRun | undefined {
    return this.known.findLast(({ job, folder }) => job === jobOrFolder || folder === jobOrFolder);
  }

  /** Starts a run when its turn comes. */
  start({ config, folder, title, totalSteps }: NewRun): TrainingRun {
    const run = this.add(new TrainingRun(randomUUID(), title, totalSteps));
    this.enqueue(run, () => this.options.supervisor.request('train/start', { job: run.job, config, folder }));
    return run;
  }

  /**
   * Makes a run that ran out of memory with less of it: goes on from its checkpoint where no number changes, or else starts it anew with
   * the smallest change that saves enough. What it has stays.
   * @throws ProductError `out-of-memory` when nothing smaller is possible, or as `resume`
   */
  async stepDown(runFolder: string): Promise<TrainingRun> {
    const folder = resolve(runFolder);
    const { config, isSameRun } = await this.options.supervisor.request('train/stepDown', { run: folder });
    if (isSameRun && (await listCheckpoints(folder)).length > 0) return this.resume(folder, { recompute: 'blocks' });
    const { name, steps } = config;
    return this.start({
      config,
      folder,
      title: typeof name === 'string' ? name : folder,
      ...(typeof steps === 'number' ? { totalSteps: steps } : {}),
    });
  }

  /**
   * Goes on with a run from its last checkpoint when its turn comes.
   * @param changes of what changes no number of the run
   * @throws RuntimeBusy when it is under way or waits already
   */
  async resume(runFolder: string, changes: ResumeChanges = {}): Promise<TrainingRun> {
    const folder = resolve(runFolder);
    const config = (await readRunConfig(folder)).value;
    const history = await readRunHistory(folder);
    const before = this.find(folder);
    if (before && !before.hasEnded) throw new RuntimeBusy(folder, l10n.t('this run is under way already'));
    const run = this.add(new TrainingRun(randomUUID(), config?.name ?? folder, config?.steps));
    run.folder = folder;
    run.takeHistory(history);
    this.enqueue(run, async () => {
      await removeHostNote(folder).catch((error: unknown) => this.options.log.warn(errorDataOf(error).problem));
      const params: RequestParams<'train/resume'> = { job: run.job, run: folder, ...changes };
      return this.options.supervisor.request('train/resume', params);
    });
    return run;
  }

  /**
   * Ends a run; one that waits leaves the queue. May be called again with a harder kind.
   * @returns whether the run was there to be ended
   */
  stop(jobOrFolder: string, kind: StopKind): boolean {
    const run = this.find(jobOrFolder);
    if (!run || run.hasEnded) return false;
    const before = this.stops.get(run.job);
    const isAgain = before !== undefined;
    if (isAgain && hardness[kind] < hardness[before]) return true;
    this.stops.set(run.job, kind);
    // The queue's signal fires once; a harder stop after it is carried out from here.
    if (isAgain) this.carryOut(run);
    else this.options.queue.stop(run.job);
    return true;
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
    this.changes.dispose();
    this.updates.dispose();
  }

  private add(run: TrainingRun): TrainingRun {
    const ended = this.known.filter(({ hasEnded }) => hasEnded).slice(-endedKept);
    this.known = [...this.known.filter((one) => !one.hasEnded || ended.includes(one)), run];
    return run;
  }

  private enqueue(run: TrainingRun, request: () => Promise<TrainingResult>): void {
    const work = async (signal: AbortSignal) => {
      run.state = 'starting';
      this.changes.fire(run);
      // Stopped in the queue's own list: the gentle way.
      signal.addEventListener('abort', () => this.carryOut(run), { once: true });
      const result = await request();
      await this.ended(run, result);
      return result;
    };
    const { queue } = this.options;
    this.changes.fire(run);
    queue
      .add({
        id: run.job,
        kind: 'training',
        title: run.title,
        run: (signal) =>
          work(signal).catch(async (error: unknown) => {
            await this.failed(run, error);
            throw error;
          }),
        isStopped: ({ status }) => status === 'stopped',
      })
      .catch(() => {
        if (run.hasEnded) return;
        // Taken out of the queue before its turn.
        if (this.stops.get(run.job) === 'discard') return this.discard(run);
        this.conclude(run, () => run.conclude('stopped'));
      });
  }

  private carryOut(run: TrainingRun): void {
    const kind = this.stops.get(run.job) ?? 'checkpoint';
    const { supervisor, log } = this.options;
    run.state = 'stopping';
    this.changes.fire(run);
    const done: Promise<unknown> =
      kind === 'checkpoint' || kind === 'pause'
        ? supervisor.requestIfRunning('train/stop', { job: run.job })
        : supervisor.terminate();
    done.catch((error: unknown) => {
      if (!isCancelled(error)) log.warn(`${run.title} cannot be stopped: ${errorDataOf(error).problem}`);
    });
  }

  private receive(job: string, update: TrainingUpdate): void {
    const run = this.find(job);
    // Words that come after the end belong to nothing any more.
    if (!run || run.hasEnded) return;
    const before = run.state;
    run.apply(update);
    this.updates.fire({ run, update });
    if (run.state !== before || update.kind === 'started') this.changes.fire(run);
  }

  private async ended(run: TrainingRun, result: TrainingResult): Promise<void> {
    run.folder ??= result.folder;
    const kind = this.stops.get(run.job);
    if (kind === 'discard') return this.discard(run);
    const isPaused = result.status === 'stopped' && kind === 'pause';
    if (isPaused) await this.note(run, 'pause', result.step);
    this.conclude(run, () => run.conclude(isPaused ? 'paused' : result.status, { result }));
  }

  private async failed(run: TrainingRun, error: unknown): Promise<void> {
    const kind = this.stops.get(run.job);
    if (kind === 'discard') return this.discard(run);
    if (kind === 'now') await this.note(run, 'now', run.step);
    if (kind !== undefined && isCancelled(error)) return this.conclude(run, () => run.conclude('stopped'));
    if (error instanceof RuntimeExited) {
      // The last steps may be logged and not told any more; the log is what a resume and every other view go by.
      const logged = run.folder === undefined ? undefined : await readRunHistory(run.folder);
      if (logged && (logged.steps.at(-1)?.step ?? 0) > run.step) run.takeHistory(logged);
      const changed = run.folder === undefined ? undefined : await changedModelFile(run.folder);
      const interrupted = errorDataOf(interruption(run, error, changed));
      return this.conclude(run, () => run.conclude('interrupted', { error: interrupted }));
    }
    this.conclude(run, () => run.conclude('failed', { error: errorDataOf(error) }));
  }

  private async discard(run: TrainingRun): Promise<void> {
    try {
      if (run.folder !== undefined) await this.options.moveToTrash(run.folder);
      this.conclude(run, () => run.conclude('discarded'));
    } catch (error) {
      this.conclude(run, () => run.conclude('stopped', { error: errorDataOf(error) }));
    }
  }

  private async note(run: TrainingRun, stop: 'pause' | 'now', step: number): Promise<void> {
    if (run.folder === undefined) return;
    await writeHostNote(run.folder, { stop, step }).catch((error: unknown) =>
      this.options.log.warn(`${run.folder}: ${errorDataOf(error).problem}`),
    );
  }

  private conclude(run: TrainingRun, how: () => void): void {
    this.stops.delete(run.job);
    how();
    this.changes.fire(run);
  }
}

/** The end of the runtime, as the end of a run. @param changed a model file that it may have died of */
function interruption(run: TrainingRun, exited: RuntimeExited, changed: ChangedModelFile | undefined): ProductError {
  const from = run.lastCheckpoint;
  const onwards =
    from === undefined
      ? l10n.t('Start it again: there was no checkpoint yet')
      : l10n.t('Resume it from step {0}', from);
  const problem = l10n.t('interrupted at step {0}: {1}', run.step, changed?.problem ?? exited.problem);
  if (changed) {
    const remedy = [l10n.t('Put the file back as it was'), onwards].join('. ');
    return new ProductError('bad-file', changed.path, problem, remedy);
  }
  const remedy = exited.remedy ? `${onwards}. ${exited.remedy}` : onwards;
  return new ProductError(exited.code, run.folder ?? run.title, problem, remedy);
}
