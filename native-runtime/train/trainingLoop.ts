import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { DeviceTensor } from '../device/deviceTensor';
import type { Feeds, Values } from '../device/session';
import type { BatchRow } from '../data/batches';
import { float32 } from '../tensorData';
import { BatchesAhead } from './batchesAhead';
import { batchFeeds } from './batchFeeds';
import { checkpointSteps, saveCheckpoint } from './checkpoint';
import type { DrawsAhead } from './drawsAhead';
import type { LatentPool } from './latentPool';
import { rateFactor } from './learningRate';
import { lossScaleFeeds, takeLossScale } from './lossScale';
import { mostNotFinite, type LoopedSteps } from './loopGraph';
import { freshMemory, LoopPace, runLoop, stepsInLoop, type LoopMemory } from './loopSteps';
import { isModifierRows } from './modifierRows';
import { smallestMoment } from './optimizer';
import type { PreparedRun } from './prepareRun';
import type { RunFolder } from './runFolder';
import type { RunHooks } from './runHooks';
import type { RunLog, StepReport } from './runLog';
import type { RunSessions } from './runSessions';
import type { SampleGrids } from './sampleGrids';
import { scalarOf, type TrainState } from './state';
import type { StepSessions } from './stepSessions';

/** Second moments that are all at their floor after a step got no gradient; the floor itself is rounded to 32 bits. */
const noGradient = smallestMoment * 1.0001;

/** What a loop works with. */
export interface LoopParts {
  run: PreparedRun;
  folder: RunFolder;
  pool: LatentPool;
  sessions: RunSessions;
  grids: SampleGrids;
  log: RunLog;
  hooks: RunHooks;
  /** Draws noise beside the steps of a loop. */
  draws?: DrawsAhead;
}

/** What the batches of one update gave. */
interface Update {
  results: Values;
  losses: number[];
  rows: BatchRow[];
  rowLosses: number[];
}

/** The steps of a run, with their checkpoints and samples. */
export class TrainingLoop {
  private saved: number;
  private sawGradients: boolean;
  private readonly batches: BatchesAhead;
  private readonly pace = new LoopPace();
  private readonly memory: LoopMemory;

  /**
   * @param step steps done already
   * @param notFinite how many of the last ones in a row were not finite
   */
  constructor(
    private readonly parts: LoopParts,
    readonly state: TrainState,
    public step: number,
    private notFinite: number,
  ) {
    this.saved = step;
    this.sawGradients = state.updates > 0;
    this.memory = freshMemory(notFinite);
    this.batches = new BatchesAhead(parts.run, parts.pool, parts.draws);
  }

  /**
   * Trains until the last step or until it is asked to stop; either way the state is in a checkpoint afterwards.
   * @throws ProductError `not-finite` after three such steps in a row, with the last good state in a checkpoint; `disk-full`, with the
   * earlier checkpoints untouched.
   */
  async train(): Promise<'finished' | 'stopped'> {
    const { run, hooks, sessions } = this.parts;
    const { steps, checkpointEvery } = run.config;
    for (;;) {
      await this.sampleIfDue();
      if (this.step >= steps || hooks.signal?.aborted) break;
      await ('loop' in sessions ? this.takeLoop(sessions.loop) : this.takeStep(sessions));
      if (this.notFinite >= mostNotFinite) await this.giveUp();
      // The last one comes before the last samples, which take longer than a step.
      if (this.step % checkpointEvery === 0 || this.step === steps) await this.checkpoint();
    }
    if (this.saved !== this.step) await this.checkpoint();
    return this.step >= steps ? 'finished' : 'stopped';
  }

  private async takeStep(sessions: StepSessions): Promise<void> {
    const started = performance.now();
    const update = await this.update(sessions);
    await this.finishStep(update, (performance.now() - started) / 1000);
  }

  /** As many steps as fit into one run of a loop; neither a stop, a checkpoint nor samples come between them. */
  private async takeLoop(loop: LoopedSteps): Promise<void> {
    const { run, hooks } = this.parts;
    const { capacity } = loop;
    const started = performance.now();
    const count = stepsInLoop(run.config, this.step, this.pace.stepsOf(capacity));
    const batches = await this.batches.take(this.step, count);
    const feeds = batches.map((batch, i) => ({ ...batch.feeds, ...this.rateFeeds(this.step + i) }));
    for (const [i, one] of feeds.entries()) hooks.onFeeds?.(this.step + 1 + i, one);
    const { optimizer } = run.stepOptions;
    // Before the device works, since ONNX Runtime holds this thread up until it is done.
    const next = this.step + count;
    this.batches.begin(next, Math.min(this.pace.stepsOf(capacity), run.config.steps - next));
    const steps = await runLoop(loop, this.state, feeds, optimizer, this.memory);
    const seconds = (performance.now() - started) / 1000 / steps.length;
    this.pace.took(seconds);
    for (const [i, results] of steps.entries()) {
      const rowLosses = [...(results.rowLosses!.data as Float32Array)];
      await this.finishStep(
        { results, losses: [scalarOf(results, 'loss')], rows: batches[i]!.rows, rowLosses },
        seconds,
      );
    }
  }

  private async finishStep({ results, losses, rows, rowLosses }: Update, seconds: number): Promise<void> {
    const { run, hooks, log } = this.parts;
    // What was computed from other weights than the run was started with is neither logged nor kept.
    await run.baseWatch.requireUnchanged();
    const { learningRate, modifierLearningRate } = this.rates(this.step);
    const applied = scalarOf(results, 'applied') === 1;
    this.step++;
    const before = this.notFinite;
    // Gradients that only 16 bits could not hold are no failure. A loop counts by itself.
    const failed = results.overflow && scalarOf(results, 'overflow') === 1 ? 0 : 1;
    this.notFinite = results.failures ? scalarOf(results, 'failures') : applied ? 0 : before + failed;
    const report: StepReport = {
      step: this.step,
      loss: mean(losses)!,
      ...lossParts(rows, rowLosses, run.config.concepts.length),
      gradientNorm: scalarOf(results, 'gradientNorm'),
      learningRate,
      modifierLearningRate,
      timesteps: rows.map(({ timestep }) => timestep),
      applied,
      seconds: Math.round(seconds * 1000) / 1000,
      rssBytes: process.memoryUsage.rss(),
    };
    await log.add(report);
    await hooks.onStep?.(report);
    if (!applied)
      hooks.onEvent?.({
        kind: 'warning',
        message:
          this.notFinite > before
            ? `step ${this.step}: the loss or gradient is not finite; nothing was changed`
            : `step ${this.step}: gradients too large for 16 bits; nothing was changed, and the next ones are scaled down`,
      });
    else if (!this.sawGradients) await this.reportDeadTensors(report);
    this.sawGradients ||= applied;
  }

  private rates(step: number): { learningRate: number; modifierLearningRate: number } {
    const { config } = this.parts.run;
    const factor = rateFactor(config, step);
    return {
      learningRate: config.learningRate * factor,
      modifierLearningRate: config.modifierLearningRate * factor,
    };
  }

  private rateFeeds(step: number): Values {
    const { learningRate, modifierLearningRate } = this.rates(step);
    return {
      learningRate: float32([], [learningRate]),
      modifierLearningRate: float32([], [modifierLearningRate]),
    };
  }

  /** All batches of one update. The gradients of all but the last are only summed. */
  private async update(sessions: StepSessions): Promise<Update> {
    const { run, pool, hooks } = this.parts;
    const { gradientAccumulation } = run.config;
    const rates = { ...this.rateFeeds(this.step), ...lossScaleFeeds(this.memory) };
    const losses: number[] = [];
    const rows: BatchRow[] = [];
    const rowLosses: number[] = [];
    const { accumulate } = sessions;
    let sums: Feeds = accumulate ? zeroSums(this.state.shapes) : {};
    let results: Values = {};
    for (let i = 0; i < gradientAccumulation; i++) {
      const batch = batchFeeds(run, pool, this.step, i);
      hooks.onFeeds?.(this.step + 1, { ...batch.feeds, ...rates });
      const feeds = { ...batch.feeds, ...rates };
      const { optimizer } = run.stepOptions;
      if (i === gradientAccumulation - 1)
        results = await this.state.update(sessions.step, { ...feeds, ...sums }, optimizer);
      else if (!accumulate) results = await this.state.accumulate(sessions.step, feeds, optimizer);
      else {
        const state = this.state.feeds(optimizer);
        const { values, kept } = await accumulate.runKeeping({ ...feeds, ...sums, ...state });
        freeSums(sessions, sums);
        sums = nextSums({ ...values, ...kept });
        results = values;
      }
      losses.push(scalarOf(results, 'loss'));
      rows.push(...batch.rows);
      rowLosses.push(...(results.rowLosses!.data as Float32Array));
    }
    freeSums(sessions, sums);
    takeLossScale(this.memory, results);
    return { results, losses, rows, rowLosses };
  }

  private async checkpoint(): Promise<void> {
    const { run, folder, hooks, log } = this.parts;
    await this.state.toHost();
    await log.sync();
    const progress = { step: this.step, notFiniteInARow: this.notFinite };
    const path = await saveCheckpoint(folder.checkpoints, this.state, progress, run.identity, {
      keep: run.config.keepCheckpoints,
      onStage: (stage) => hooks.onSaveStage?.(stage, this.step),
    });
    this.saved = this.step;
    hooks.onEvent?.({ kind: 'checkpoint', step: this.step, folder: path });
  }

  /** Keeps the state as it was before the first of the steps that failed, and ends the run. */
  private async giveUp(): Promise<never> {
    const { run, folder } = this.parts;
    this.step -= this.notFinite;
    await this.state.toHost();
    const [newest] = await checkpointSteps(folder.checkpoints);
    // Checkpoints taken during the failed steps hold the same weights.
    if (newest === undefined || newest < this.step)
      await saveCheckpoint(folder.checkpoints, this.state, { step: this.step, notFiniteInARow: 0 }, run.identity, {
        keep: run.config.keepCheckpoints,
      });
    throw new ProductError(
      'not-finite',
      join(folder.folder, 'log.jsonl'),
      `the loss was not finite ${this.notFinite} steps in a row; the state of step ${this.step} is kept`,
      'Start again with a lower learning rate',
    );
  }

  private async sampleIfDue(): Promise<void> {
    const { grids, hooks } = this.parts;
    if (hooks.signal?.aborted || !grids.isDue(this.step)) return;
    try {
      await this.state.toHost();
      const grid = await grids.draw(this.step, this.state.weights, hooks.signal);
      hooks.onSample?.(grid);
    } catch (error) {
      if (!(error instanceof ProductError) || !['cancelled', 'not-finite'].includes(error.code)) throw error;
      if (error.code === 'not-finite')
        hooks.onEvent?.({ kind: 'warning', message: `step ${this.step}: no samples: ${error.message}` });
    }
  }

  /** @throws ProductError `internal` when no gradient at all came through; single tensors without one are only reported. */
  private async reportDeadTensors({ gradientNorm }: StepReport): Promise<void> {
    if (gradientNorm === 0) throw new ProductError('internal', '', 'no gradient reached what is to be trained');
    await this.state.toHost();
    for (const [name, { data }] of this.state.v)
      if (!isModifierRows(name) && !(data as Float32Array).some((value) => value > noGradient))
        this.parts.hooks.onEvent?.({ kind: 'warning', message: `no gradient reached ${name}` });
  }
}

function zeroSums(shapes: ReadonlyMap<string, readonly number[]>): Values {
  return Object.fromEntries([...shapes].map(([name, shape]) => [`sum.${name}`, float32(shape)]));
}

/** Gives back the sums that lie on a device. */
function freeSums({ accumulate }: StepSessions, sums: Feeds): void {
  accumulate?.free(Object.values(sums).filter((sum) => sum instanceof DeviceTensor));
}

function nextSums(results: Feeds): Feeds {
  const sums = Object.entries(results).filter(([name]) => name.startsWith('next.sum.'));
  return Object.fromEntries(sums.map(([name, tensor]) => [name.slice('next.'.length), tensor]));
}

function lossParts(rows: readonly BatchRow[], rowLosses: readonly number[], concepts: number) {
  const of = (wanted: (row: BatchRow) => boolean) => mean(rowLosses.filter((_, i) => wanted(rows[i]!)));
  return {
    instanceLosses: Array.from({ length: concepts }, (_, c) =>
      of((row) => row.kind === 'instance' && row.concept === c),
    ),
    priorLoss: of((row) => row.kind === 'prior'),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}
