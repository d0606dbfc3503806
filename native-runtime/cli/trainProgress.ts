import type { RunEvent, RunHooks } from '../train/runHooks';
import type { StepReport } from '../train/runLog';
import type { Console } from './console';
import { formatDuration } from './formatting';
import type { ProgressBar } from './progressBar';

const parts = { priors: 'drawing pictures of the class', latents: 'encoding pictures' } as const;

/** How strongly the shown loss follows the last step: single losses jump with their random timesteps. */
const FOLLOW = 0.1;

/** Shows a training run: a bar for each part of the work, notes for what happens beside. */
export class TrainProgress {
  private bar: ProgressBar | undefined;
  private part = '';
  private smooth: number | undefined;
  private readonly started = performance.now();

  /** @param steps all steps of the run; learned from the run's own reports if left out */
  constructor(
    private readonly console: Console,
    private readonly steps?: number,
  ) {}

  /** The hooks for the run; `others` are called as well. */
  hooks(signal: AbortSignal, others: RunHooks = {}): RunHooks {
    return {
      ...others,
      signal,
      onStart: (folder) => {
        this.console.note(`run folder: ${folder}`);
        others.onStart?.(folder);
      },
      onEvent: (event) => {
        this.event(event);
        others.onEvent?.(event);
      },
      onStep: (report) => {
        this.step(report);
        return others.onStep?.(report);
      },
      onSample: (grid) => {
        this.console.note(`samples: ${grid.grid}`);
        others.onSample?.(grid);
      },
    };
  }

  private event(event: RunEvent): void {
    switch (event.kind) {
      case 'progress':
        return this.barFor(parts[event.part], event.total).update(event.done);
      case 'compiling':
        this.console.endProgress();
        return this.console.note('preparing the training graph');
      case 'checkpoint':
        return this.console.note(`checkpoint: ${event.folder}`);
      case 'warning':
        return this.console.warn(event.message);
    }
  }

  private step({ step, loss, seconds, gradientNorm }: StepReport): void {
    if (Number.isFinite(loss))
      this.smooth = this.smooth === undefined ? loss : this.smooth + FOLLOW * (loss - this.smooth);
    const note = `loss ${this.smooth?.toFixed(4) ?? '?'} · gradient ${gradientNorm.toPrecision(2)} · ${formatDuration(seconds)} a step`;
    this.barFor('training', this.steps ?? step).update(step, note);
    if (step === this.steps) {
      this.console.endProgress();
      this.bar = undefined;
      this.console.note(`trained in ${formatDuration((performance.now() - this.started) / 1000)}`);
    }
  }

  private barFor(part: string, total: number): ProgressBar {
    if (!this.bar || this.part !== part) this.bar = this.console.progress(part, total);
    this.part = part;
    return this.bar;
  }
}
