import { join } from 'node:path';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import type { FreezeMode } from '../../src/common/freezeModes';
import { atomicWrite } from '../atomicWrite';
import { computedOnOf, type RunsOn } from '../device/requireDevice';
import { loadDelta } from '../delta/loadDelta';
import type { BaseModel } from '../models/baseModel';
import { Generator } from '../sample/generator';
import { untuned, type TunedWeights } from '../sample/tunedWeights';
import { baseContentHash } from '../train/baseIdentity';
import type { PrepareOptions } from '../train/prepareRun';
import type { RunHooks } from '../train/runHooks';
import { RunLock } from '../train/runLock';
import { measuredRequest, type SampleSettings } from './generatorSource';
import { makeOutputFolder } from './outputFolder';
import { PictureFolder } from './pictureFolder';
import { formatStudy } from './studyReport';
import {
  BASE_ROW,
  measureQuestion,
  studyQuestions,
  type StudyQuestion,
  type StudyReport,
  type StudyRow,
} from './studyProtocol';
import { fineTuneOnce } from './studyRuns';
import type { Subject } from './subject';
import type { SceneReader } from './survey';
import { formatProportion } from './wilson';

/** What a study is made of. */
export interface StudyPlan {
  base: BaseModel;
  subjects: readonly [Subject, Subject];
  /** The fine-tune of each mode, in the order of the table; complete. */
  configs: readonly (ResolvedTrainConfig & { mode: FreezeMode })[];
  seeds: readonly number[];
  settings: SampleSettings;
  /** Everything the study writes lies here. */
  folder: string;
  prepare: PrepareOptions;
  /** What pictures are drawn with; the configurations say it for training. */
  session: RunsOn;
}

/** How a caller follows and stops a study. */
export interface StudyHooks {
  signal?: AbortSignal;
  /** A mode begins, or the base. */
  onMode?(mode: string): void;
  /** How to follow the training of a mode. */
  trainingHooks?(config: ResolvedTrainConfig): RunHooks;
  /** The finished fine-tune of an earlier study is used. */
  onReused?(mode: string, folder: string): void;
  /** Pictures of a prompt that are there. */
  onPicture?(question: StudyQuestion, done: number, total: number): void;
  onRow?(row: StudyRow, grid: string): void;
}

/** A study and the files it left. */
export interface StudyResult {
  report: StudyReport;
  markdown: string;
  files: { table: string; json: string; grids: string[] };
}

/**
 * Fine-tunes both concepts jointly in each mode and measures both prompts. In its folder: `runs/`, `pictures/<mode>-<n>/`, a grid
 * `<mode>-<n>.png` for each mode and prompt, `study.md` and `study.json` with what is measured so far. Started again
 * it goes on where it stopped.
 * @throws ProductError `conflict` when another process works in the folder, `cancelled`, or what training and sampling throw.
 */
export async function runStudy(plan: StudyPlan, reader: SceneReader, hooks: StudyHooks = {}): Promise<StudyResult> {
  await makeOutputFolder(plan.folder);
  const lock = await RunLock.acquire(plan.folder);
  try {
    return await new Study(plan, reader, hooks).run();
  } finally {
    await lock.release();
  }
}

class Study {
  private readonly report: StudyReport;
  private readonly grids: string[] = [];
  private baseContent = '';

  constructor(
    private readonly plan: StudyPlan,
    private readonly reader: SceneReader,
    private readonly hooks: StudyHooks,
  ) {
    const { subjects, seeds, settings } = plan;
    const computedOn = computedOnOf(plan.session);
    this.report = { subjects: [...subjects], seeds: [...seeds], settings, computedOn, training: [], rows: [] };
  }

  async run(): Promise<StudyResult> {
    this.baseContent = await baseContentHash(this.plan.base);
    this.hooks.onMode?.(BASE_ROW);
    await this.measure(BASE_ROW, null, async () => untuned);
    for (const config of this.plan.configs) {
      this.hooks.onMode?.(config.mode);
      const run = await fineTuneOnce(config, this.plan.prepare, this.hooks.trainingHooks?.(config));
      if (run.reused) this.hooks.onReused?.(config.mode, run.training.folder);
      this.report.training.push(run.training);
      await this.measure(config.mode, run.sha256, () => loadDelta(run.delta));
    }
    return this.save();
  }

  /** Both prompts of one model. The model is opened only if a picture is missing. */
  private async measure(mode: string, delta: string | null, weights: () => Promise<TunedWeights>): Promise<void> {
    let generator: Generator | undefined;
    const opened = async () => {
      const { base, session } = this.plan;
      return (generator ??= await Generator.create(base, { tuned: await weights(), session }));
    };
    try {
      for (const question of studyQuestions(mode, this.plan.subjects)) await this.answer(question, delta, opened);
    } finally {
      await generator?.release();
    }
    await this.save();
  }

  private async answer(question: StudyQuestion, delta: string | null, opened: () => Promise<Generator>): Promise<void> {
    const { folder, seeds, settings, session } = this.plan;
    const { mode, number, prompt } = question;
    const name = `${mode}-${number}`;
    // Another device rounds otherwise, and its pictures are others.
    const elsewhere = session.device === 'cpu' ? {} : { computedOn: computedOnOf(session) };
    const origin = { base: this.baseContent, delta, prompt, ...settings, ...elsewhere };
    const pictures = await PictureFolder.open(join(folder, 'pictures', name), origin);
    const missing = pictures.missing(seeds);
    if (missing.length) {
      const generator = await opened();
      let done = seeds.length - missing.length;
      await pictures.complete(
        missing,
        (wanted) =>
          generator.generate(measuredRequest(generator, settings, prompt, wanted), { signal: this.hooks.signal }),
        () => this.hooks.onPicture?.(question, ++done, seeds.length),
      );
    }
    const { row, sheet } = await measureQuestion(question, pictures.source(), this.reader, seeds);
    const grid = join(folder, `${name}.png`);
    const footer = `strict success ${formatProportion(row.rates.strict)}`;
    await atomicWrite(grid, await sheet.toPng({ title: `${mode}: ${prompt}`, footer }));
    this.report.rows.push(row);
    this.grids.push(grid);
    this.hooks.onRow?.(row, grid);
  }

  private async save(): Promise<StudyResult> {
    const { folder } = this.plan;
    const markdown = formatStudy(this.report);
    const files = { table: join(folder, 'study.md'), json: join(folder, 'study.json'), grids: [...this.grids] };
    await atomicWrite(files.table, markdown);
    await atomicWrite(files.json, `${JSON.stringify(this.report, null, 2)}\n`);
    return { report: this.report, markdown, files };
  }
}
