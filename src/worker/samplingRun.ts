import type { ComputedOn } from '../common/protocol/device';
import type { ErrorData } from '../common/protocol/runtimeProtocol';
import type { SamplingResult, SamplingUpdate, SavedPictureRecord } from '../common/protocol/sampling';

/** How a making of pictures stands. */
export type SamplingState = 'waiting' | 'running' | 'stopping' | 'finished' | 'stopped' | 'failed';

/** Pictures in the making; they are kept as they come, whatever happens later. */
export class SamplingRun {
  state: SamplingState = 'waiting';
  pictures: SavedPictureRecord[] = [];
  progress: { done: number; total: number; phase: string } | undefined;
  warnings: string[] = [];
  gridPath: string | undefined;
  /** What drew the pictures. */
  computedOn: ComputedOn | undefined;
  /** It has not said anything for long; see the setting. */
  isSilent = false;
  error: ErrorData | undefined;
  private readonly ended: { promise: Promise<SamplingRun>; done: () => void };

  /**
   * @param job identifies its messages
   * @param title how lists call it
   */
  constructor(
    readonly job: string,
    readonly title: string,
  ) {
    let done = () => {};
    const promise = new Promise<SamplingRun>((resolve) => (done = () => resolve(this)));
    this.ended = { promise, done };
  }

  get hasEnded(): boolean {
    return this.state === 'finished' || this.state === 'stopped' || this.state === 'failed';
  }

  /** Resolves when it has ended, however. */
  get end(): Promise<SamplingRun> {
    return this.ended.promise;
  }

  /** Notes what the runtime says. */
  apply(update: SamplingUpdate): void {
    if (update.kind === 'progress') {
      const { done, total, phase } = update;
      this.progress = { done, total, phase };
    } else if (update.kind === 'picture') this.addPicture(update.picture);
    else this.warnings.push(update.message);
  }

  /** Notes how it ended. */
  conclude(state: 'finished' | 'stopped' | 'failed', facts: { error?: ErrorData; result?: SamplingResult } = {}): void {
    facts.result?.pictures.forEach((picture) => this.addPicture(picture));
    this.gridPath = facts.result?.gridPath;
    this.computedOn = facts.result?.computedOn;
    this.error = facts.error;
    this.isSilent = false;
    this.state = state;
    this.ended.done();
  }

  private addPicture(picture: SavedPictureRecord): void {
    if (!this.pictures.some(({ path }) => path === picture.path)) this.pictures.push(picture);
  }
}
