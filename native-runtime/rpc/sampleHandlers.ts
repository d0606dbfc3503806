import { ProductError } from '../../src/common/errors';
import type { ComputedOn, ComputingChoice } from '../../src/common/protocol/device';
import type { CheckedParams } from '../../src/common/protocol/runtimeProtocol';
import type { SamplingResult, SamplingUpdate, SavedPictureRecord } from '../../src/common/protocol/sampling';
import { computedOnOf, requireComputing, type RunsOn } from '../device/requireDevice';
import { CompareSheet } from './compareSheet';
import type { JobSlot } from './jobSlot';
import type { LoadedModels } from './loadedModels';
import { Notifier, type Gathering } from './notifier';
import type { Notify } from './notifications';
import { makePictures, type PictureJob } from './pictureJobs';
import type { HandlerGroup } from './server';

/** Answers requests for pictures: one job at a time, told of as it goes. */
export function sampleHandlers(
  jobs: JobSlot,
  models: LoadedModels,
  notify: Notify,
): HandlerGroup<'sample/generate' | 'sample/compare' | 'sample/stop'> {
  const asJob = (job: string, signal: AbortSignal, work: (run: SamplingRun) => Promise<string | undefined>) =>
    jobs.run('making of pictures', job, signal, async (stop) => new SamplingRun(job, stop, notify).finish(work));
  return {
    'sample/generate': ({ job, ...params }, signal) => asJob(job, signal, (run) => generate(models, params, run)),
    'sample/compare': ({ job, ...params }, signal) => asJob(job, signal, (run) => compare(models, params, run)),
    'sample/stop': async ({ job }) => {
      jobs.stop(job);
      return {};
    },
  };
}

/** Shares of the work are counted in thousandths of each row's pictures. */
const UNITS = 1000;

/** One job's updates and what it has finished. */
class SamplingRun {
  readonly pictures: SavedPictureRecord[] = [];
  private readonly notifier: Notifier<SamplingUpdate>;
  private readonly warned = new Set<string>();
  private computedOn: ComputedOn | undefined;

  constructor(
    job: string,
    readonly signal: AbortSignal,
    notify: Notify,
  ) {
    this.notifier = new Notifier((update) => notify('sample/update', { job, update }), gathering);
  }

  /** Runs the work, which gives the path of its sheet. Stopped, it answers with what is finished. */
  async finish(work: (run: SamplingRun) => Promise<string | undefined>): Promise<SamplingResult> {
    try {
      const gridPath = await work(this);
      return { ...this.result('finished'), ...(gridPath === undefined ? {} : { gridPath }) };
    } catch (error) {
      if (!(error instanceof ProductError) || error.code !== 'cancelled') throw error;
      return this.result('stopped');
    } finally {
      this.notifier.flush();
    }
  }

  /** Settles what the pictures are drawn with. @throws ProductError as `requireComputing` */
  async computeOn(choice: ComputingChoice = {}): Promise<RunsOn> {
    const session = await requireComputing(choice);
    this.computedOn = computedOnOf(session);
    return session;
  }

  progress(share: number, rows: number, phase: string): void {
    this.notifier.add({ kind: 'progress', done: Math.round(share * UNITS), total: rows * UNITS, phase });
  }

  /** The hooks of one row's pictures. */
  hooks(
    row: number,
    rows: number,
    phase: string,
  ): Pick<PictureJob, 'signal' | 'onProgress' | 'onWarning' | 'onPicture'> {
    return {
      signal: this.signal,
      onProgress: (share) => this.progress(row + share, rows, phase),
      onWarning: (message) => this.warn(message),
      onPicture: (picture) => this.add(picture),
    };
  }

  add(picture: SavedPictureRecord): void {
    this.pictures.push(picture);
    this.notifier.add({ kind: 'picture', picture });
  }

  private result(status: SamplingResult['status']): SamplingResult {
    const { pictures, computedOn } = this;
    return { status, pictures, ...(computedOn ? { computedOn } : {}) };
  }

  /** Rows may bring up the same thing; once is enough. */
  warn(message: string): void {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    this.notifier.add({ kind: 'warning', message });
  }
}

const gathering: Gathering<SamplingUpdate> = {
  canWait: ({ kind }) => kind === 'progress',
  join: (earlier, later) => (earlier.kind === later.kind ? later : undefined),
};

async function generate(
  models: LoadedModels,
  { model: choice, request, folder, computing }: Omit<CheckedParams<'sample/generate'>, 'job'>,
  run: SamplingRun,
): Promise<string | undefined> {
  run.progress(0, 1, 'opening the model');
  const session = await run.computeOn(computing);
  const grid = request.seeds.length > 1;
  return models.use(choice, (model) =>
    makePictures({ model, choice, request, session, folder, grid, ...run.hooks(0, 1, 'drawing') }),
  );
}

async function compare(
  models: LoadedModels,
  { rows, folder, title, computing }: Omit<CheckedParams<'sample/compare'>, 'job'>,
  run: SamplingRun,
): Promise<string | undefined> {
  const sheet = new CompareSheet(rows);
  const session = await run.computeOn(computing);
  for (const [row, { label, model: choice, request }] of rows.entries()) {
    if (run.signal.aborted) throw new ProductError('cancelled', '', 'stopped; the finished pictures are kept');
    run.progress(row, rows.length, label);
    let column = 0;
    const hooks = run.hooks(row, rows.length, label);
    const onPicture = (picture: SavedPictureRecord) => run.add({ ...picture, cell: { row, column: column++ } });
    const onImage: PictureJob['onImage'] = (picture) => sheet.add(row, picture);
    await models.use(choice, (model) =>
      makePictures({ model, choice, request, session, folder, grid: false, ...hooks, onPicture, onImage }),
    );
  }
  // The pictures are there whatever becomes of the sheet.
  return sheet.write(folder, title, run.pictures[0]!.path).catch((error: unknown) => {
    if (!(error instanceof ProductError)) throw error;
    run.warn(`No sheet: ${error.message}`);
    return undefined;
  });
}
