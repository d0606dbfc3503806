import type { SampleGridRecord, StepRecord, TrainingResult, TrainingUpdate } from '../common/protocol/training';
import type { ErrorData } from '../common/protocol/runtimeProtocol';

/** How a run of this session stands. */
export type LiveRunState =
  | 'waiting'
  | 'starting'
  | 'preparing'
  | 'compiling'
  | 'training'
  | 'stopping'
  | 'finished'
  | 'stopped'
  | 'paused'
  | 'interrupted'
  | 'failed'
  | 'discarded';

const endStates: readonly LiveRunState[] = ['finished', 'stopped', 'paused', 'interrupted', 'failed', 'discarded'];

/** Everything known of a run that was started or resumed in this session; panels that open later show it from here. */
export class TrainingRun {
  state: LiveRunState = 'waiting';
  /** Known once the run has its folder. */
  folder: string | undefined;
  steps: StepRecord[] = [];
  grids: SampleGridRecord[] = [];
  checkpoints: { step: number; folder: string }[] = [];
  warnings: string[] = [];
  preparing: { part: 'priors' | 'latents'; done: number; total: number } | undefined;
  /** It has not said anything for long; see the setting. */
  isSilent = false;
  error: ErrorData | undefined;
  delta: string | undefined;
  private readonly ended: { promise: Promise<TrainingRun>; done: () => void };

  /**
   * @param job identifies its messages
   * @param title how lists call it
   * @param totalSteps how many steps it has in the end
   */
  constructor(
    readonly job: string,
    readonly title: string,
    readonly totalSteps: number | undefined,
    readonly startedAt = Date.now(),
  ) {
    let done = () => {};
    const promise = new Promise<TrainingRun>((resolve) => (done = () => resolve(this)));
    this.ended = { promise, done };
  }

  /** Steps done. */
  get step(): number {
    return this.steps.at(-1)?.step ?? 0;
  }

  /** The step it would go on from. */
  get lastCheckpoint(): number | undefined {
    return this.checkpoints.at(-1)?.step;
  }

  get hasEnded(): boolean {
    return endStates.includes(this.state);
  }

  /** Resolves when the run has ended, however. */
  get end(): Promise<TrainingRun> {
    return this.ended.promise;
  }

  /** Takes over what an earlier session left of the run. */
  takeHistory(history: Pick<TrainingRun, 'steps' | 'grids' | 'checkpoints'>): void {
    this.steps = [...history.steps];
    this.grids = [...history.grids];
    this.checkpoints = [...history.checkpoints];
  }

  /** Notes what the runtime says. */
  apply(update: TrainingUpdate): void {
    switch (update.kind) {
      case 'started':
        this.folder = update.folder;
        return this.enter('preparing');
      case 'preparing':
        this.preparing = { part: update.part, done: update.done, total: update.total };
        return this.enter('preparing');
      case 'compiling':
        this.preparing = undefined;
        return this.enter('compiling');
      case 'steps':
        this.addSteps(update.steps);
        return this.enter('training');
      case 'samples':
        this.grids = [...this.grids.filter(({ step }) => step !== update.grid.step), update.grid];
        return;
      case 'checkpoint':
        this.checkpoints = [
          ...this.checkpoints.filter(({ step }) => step < update.step),
          { step: update.step, folder: update.folder },
        ];
        return;
      case 'warning':
        this.warnings.push(update.message);
    }
  }

  /** Notes how the run ended; later words of the runtime change nothing any more. */
  conclude(state: LiveRunState, facts: { error?: ErrorData; result?: TrainingResult } = {}): void {
    this.state = state;
    this.error = facts.error;
    this.delta = facts.result?.delta;
    this.folder ??= facts.result?.folder;
    this.preparing = undefined;
    this.isSilent = false;
    this.ended.done();
  }

  private enter(state: LiveRunState): void {
    if (this.state !== 'stopping' && !this.hasEnded) this.state = state;
  }

  /** A resumed run repeats the steps after its checkpoint: what was there of them goes. */
  private addSteps(steps: readonly StepRecord[]): void {
    for (const record of steps) {
      if (record.step <= this.step) {
        this.steps = this.steps.filter(({ step }) => step < record.step);
        this.grids = this.grids.filter(({ step }) => step < record.step);
      }
      this.steps.push(record);
    }
  }
}
