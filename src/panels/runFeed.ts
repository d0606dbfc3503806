import type { SampleGridRecord, StepRecord, TrainingUpdate } from '../common/protocol/training';
import { readRunHistory } from '../runs/runHistory';
import type { TrainingService } from '../worker/trainingService';

/** The course of a run as far as it is known. */
export interface RunCourse {
  steps: readonly StepRecord[];
  grids: readonly SampleGridRecord[];
  checkpoints: readonly { step: number }[];
  /** What was warned of in this session. */
  warnings: readonly string[];
}

/** The course of a run: of this session if it is under way or has ended in it, else from its files. */
export async function readCourse(folder: string, training: Pick<TrainingService, 'find'>): Promise<RunCourse> {
  const before = training.find(folder);
  if (before) return before;
  const history = await readRunHistory(folder);
  // It may have been resumed while its files were read.
  return training.find(folder) ?? { ...history, warnings: [] };
}

/** Gathers what happened between two messages to the page, so that every step is sent once and none is lost. */
export class RunChanges {
  private gathered: StepRecord[] = [];
  /** Something besides the steps changed. */
  hasOther = false;

  /** Notes what the runtime said. */
  add(update: TrainingUpdate): void {
    if (update.kind !== 'steps') {
      this.hasOther = true;
      return;
    }
    for (const record of update.steps) {
      // A resumed run does some steps again; only the newer ones count.
      while (this.gathered.length > 0 && this.gathered.at(-1)!.step >= record.step) this.gathered.pop();
      this.gathered.push(record);
    }
  }

  /** Hands over what was gathered and starts anew. */
  take(): { steps: StepRecord[]; hasOther: boolean } {
    const taken = { steps: this.gathered, hasOther: this.hasOther };
    this.gathered = [];
    this.hasOther = false;
    return taken;
  }
}
