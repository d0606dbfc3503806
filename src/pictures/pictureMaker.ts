import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import { ProductError } from '../common/errors';
import type { RequestParams } from '../common/protocol/runtimeProtocol';
import type { SavedPictureRecord } from '../common/protocol/sampling';
import type { SamplingRun } from '../worker/samplingRun';
import type { SamplingService } from '../worker/samplingService';
import type { GroupPicture } from './pictureGroup';
import type { GroupStart, PictureStore } from './pictureStore';
import { TimeEstimate } from './timeEstimate';

/** Pictures to be made: how their group starts, and what the runtime is asked. */
export interface PictureOrder {
  start: GroupStart;
  /** Of one request, or of a comparison with the grid cell of each of its pictures. */
  work:
    | { kind: 'generate'; params: Omit<RequestParams<'sample/generate'>, 'job' | 'folder'> }
    | {
        kind: 'compare';
        params: Omit<RequestParams<'sample/compare'>, 'job' | 'folder'>;
        placeOf: (row: number, column: number) => GroupPicture['cell'];
      };
}

/** An order under way, or the last one. */
export interface MakerJob {
  run: SamplingRun;
  group: string;
  expected: number;
  secondsLeft?: number;
}

/** Has pictures made and keeps them as groups; a picture is in its group as soon as it is on disk. */
export class PictureMaker implements Disposable {
  private readonly changes = new Emitter<MakerJob>();
  private latest: MakerJob | undefined;

  constructor(
    private readonly sampling: SamplingService,
    private readonly store: PictureStore,
  ) {}

  /** Fires when something about the newest order changed. */
  get onDidChange(): Event<MakerJob> {
    return this.changes.event;
  }

  /** The newest order. */
  get job(): MakerJob | undefined {
    return this.latest;
  }

  /** Places an order. @throws ProductError when its folder cannot be made */
  async order({ start, work }: PictureOrder): Promise<MakerJob> {
    const group = await this.store.begin(start);
    const folder = group.folder;
    const run =
      work.kind === 'generate'
        ? this.sampling.generate({ ...work.params, folder })
        : this.sampling.compare({ ...work.params, folder });
    const job: MakerJob = { run, group: group.id, expected: start.total };
    this.latest = job;
    const add = (picture: SavedPictureRecord) => {
      const { cell } = picture;
      const place = work.kind === 'compare' && cell ? work.placeOf(cell.row, cell.column) : undefined;
      this.store.add(group.id, picture, place);
    };
    const watching = [this.watchState(job), this.watchUpdates(job, add)];
    void run.end.then(async () => {
      watching.forEach((watch) => watch.dispose());
      // What came while nobody listened, and what the last answer alone told.
      run.pictures.forEach(add);
      delete job.secondsLeft;
      await this.store.end(group.id, endOf(run), run.error && messageOf(run.error)).catch(() => {});
      this.changed(job);
    });
    this.changed(job);
    return job;
  }

  /** Ends the newest order; what is finished is kept. */
  stop(): void {
    if (this.latest) this.sampling.stop(this.latest.run.job);
  }

  dispose(): void {
    this.changes.dispose();
  }

  private watchState(job: MakerJob): Disposable {
    return this.sampling.onDidChange((run) => run === job.run && this.changed(job));
  }

  private watchUpdates(job: MakerJob, add: (picture: SavedPictureRecord) => void): Disposable {
    const estimate = new TimeEstimate();
    return this.sampling.onUpdate(({ run, update }) => {
      if (run !== job.run) return;
      if (update.kind === 'picture') add(update.picture);
      if (update.kind === 'progress') {
        const seconds = estimate.update(update.done, update.total, Date.now());
        if (seconds !== undefined) job.secondsLeft = seconds;
      }
      this.changed(job);
    });
  }

  private changed(job: MakerJob): void {
    if (job === this.latest) this.changes.fire(job);
  }
}

function endOf({ state }: SamplingRun): 'finished' | 'stopped' | 'failed' {
  return state === 'finished' || state === 'failed' ? state : 'stopped';
}

function messageOf({ where, problem, remedy }: NonNullable<SamplingRun['error']>): string {
  return new ProductError('internal', where, problem, remedy).message;
}
