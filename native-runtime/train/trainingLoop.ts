import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { DeviceTensor } from '../device/deviceTensor';
import type { Feeds, Values } from '../device/session';
import type { BatchRow } from '../data/batches';
import { float32 } from '../tensorData';
import { batchFeeds } from './batchFeeds';
import { checkpointSteps, saveCheckpoint } from './checkpoint';
import type { LatentPool } from './latentPool';
import { rateFactor } from './learningRate';
import type { PreparedRun } from './prepareRun';
import type { RunFolder } from './runFolder';
import type { RunHooks } from './runHooks';
import type { RunLog, StepReport } from './runLog';
import type { SampleGrids } from './sampleGrids';
import { scalarOf, type TrainState } from './state';
import type { StepSessions } from './stepGraph';

/** So many steps in a row that are not finite end a run. */
const mostNotFinite = 3;
/** The floor of the second moments; a tensor that is all floor after a step got no gradient. */
const smallestMoment = 1.0001e-36;

/** What a loop works with. */
export interface LoopParts {
  run: PreparedRun;
  folder: RunFolder;
  pool: LatentPool;
  sessions: StepSessions;
  grids: SampleGrids;
  log: RunLog;
  hooks: RunHooks;
}

/** The steps of a run, with their checkpoints and samples. */
export class TrainingLoop {
  private saved: number;

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
  }

  /**
   * Trains until the last step or until it is asked to stop; either way the state is in a checkpoint afterwards.
   * @throws ProductError `not-finite` after three such steps in a row, with the last good state in a checkpoint; `disk-full`, with the
   * earlier checkpoints untouched.
   */
  async train(): Promise<'finished' | 'stopped'> {
    const { run, hooks } = this.parts;
    const { steps, checkpointEvery } = run.config;
    for (;;) {
      await this.sampleIfDue();
      if (this.step >= steps || hooks.signal?.aborted) break;
      await this.takeStep();
      if (this.notFinite >= mostNotFinite) await this.giveUp();
      // The last one comes before the last samples, which take longer than a step.
      if (this.step % checkpointEvery === 0 || this.step === steps) await this.checkpoint();
    }
    if (this.saved !== this.step) await this.checkpoint();
    return this.step >= steps ? 'finished' : 'stopped';
  }

  private async takeStep(): Promise<void> {
    const { run, hooks, log } = this.parts;
    const started = performance.now();
    const { config } = run;
    const factor = rateFactor(config, this.step);
    const learningRate = config.learningRate * factor;
    const modifierLearningRate = config.modifierLearningRate * factor;
    const { results, losses, rows, rowLosses } = await this.update(learningRate, modifierLearningRate);
    const applied = scalarOf(results, 'applied') === 1;
    this.step++;
    this.notFinite = applied ? 0 : this.notFinite + 1;
    const report: StepReport = {
      step: this.step,
      loss: mean(losses)!,
      ...lossParts(rows, rowLosses, config.concepts.length),
      gradientNorm: scalarOf(results, 'gradientNorm'),
      learningRate,
      modifierLearningRate,
      timesteps: rows.map(({ timestep }) => timestep),
      applied,
      seconds: Math.round(performance.now() - started) / 1000,
      rssBytes: process.memoryUsage.rss(),
    };
    await log.add(report);
    await hooks.onStep?.(report);
    if (!applied)
      hooks.onEvent?.({
        kind: 'warning',
        message: `step ${this.step}: the loss or gradient is not finite; nothing was changed`,
      });
    else if (this.state.updates === 1) await this.reportDeadTensors(report);
  }

  /** All batches of one update. The gradients of all but the last are only summed. */
  private async update(learningRate: number, modifierLearningRate: number) {
    const { run, pool, sessions, hooks } = this.parts;
    const { gradientAccumulation } = run.config;
    const rates = {
      learningRate: float32([], [learningRate]),
      modifierLearningRate: float32([], [modifierLearningRate]),
    };
    const losses: number[] = [];
    const rows: BatchRow[] = [];
    const rowLosses: number[] = [];
    let sums: Feeds = gradientAccumulation > 1 ? zeroSums(this.state.shapes) : {};
    let results: Values = {};
    for (let i = 0; i < gradientAccumulation; i++) {
      const batch = batchFeeds(run, pool, this.step, i);
      hooks.onFeeds?.(this.step + 1, { ...batch.feeds, ...rates });
      const feeds = { ...batch.feeds, ...rates, ...sums };
      const { optimizer } = run.stepOptions;
      if (i === gradientAccumulation - 1) results = await this.state.update(sessions.step, feeds, optimizer);
      else {
        const { values, kept } = await sessions.accumulate!.runKeeping({ ...feeds, ...this.state.feeds(optimizer) });
        freeSums(sessions, sums);
        sums = nextSums({ ...values, ...kept });
        results = values;
      }
      losses.push(scalarOf(results, 'loss'));
      rows.push(...batch.rows);
      rowLosses.push(...(results.rowLosses!.data as Float32Array));
    }
    freeSums(sessions, sums);
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
      if (!name.startsWith('modifier_rows.') && !(data as Float32Array).some((value) => value > smallestMoment))
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
