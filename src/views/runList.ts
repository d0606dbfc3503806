import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import { nextControls, type ControlEvent, type RunControls, type RunRequest } from '../common/webview/runControls';
import type { RunStore } from '../runs/runStore';
import type { TrainingRun } from '../worker/trainingRun';
import type { TrainingService } from '../worker/trainingService';
import { runEntries, type RunEntry } from './runEntry';

/** What a list of runs follows. */
export interface RunListSources {
  runs: Pick<RunStore, 'runs' | 'onDidChange' | 'refresh'>;
  training: Pick<TrainingService, 'runs' | 'onDidChange' | 'onUpdate'>;
  mayStart: () => boolean;
  /** Changes within this time are told together. */
  pauseMs?: number;
}

/** The runs of the disk and of this session as one list, with what is asked of each. */
export class RunList implements Disposable {
  private readonly emitter = new Emitter<readonly RunEntry[]>();
  private readonly looks = new Emitter<string>();
  private readonly subscriptions: Disposable[];
  /** Ended runs of this session that the look at the disk after their end has shown as well. */
  private readonly settled = new WeakSet<TrainingRun>();
  private readonly pending = new Map<string, RunControls>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sources: RunListSources) {
    const { runs, training } = sources;
    this.subscriptions = [
      runs.onDidChange(() => this.changed()),
      training.onUpdate(() => this.changed()),
      training.onDidChange((run) => {
        if (run.hasEnded) void this.settle(run);
        this.changed();
      }),
    ];
  }

  /** Fires with the list when something in it changed, a few times a second at most. */
  get onDidChange(): Event<readonly RunEntry[]> {
    return this.emitter.event;
  }

  /** Fires with the id of a run that somebody looks at. */
  get onDidLookAt(): Event<string> {
    return this.looks.event;
  }

  /** Notes that somebody looks at a run. */
  lookedAt(id: string): void {
    this.looks.fire(id);
  }

  /** The newest first. */
  get entries(): readonly RunEntry[] {
    const { runs, training } = this.sources;
    return runEntries(
      runs.runs,
      training.runs.filter((run) => !this.settled.has(run)),
    );
  }

  /** A run by its folder or, before it has one, its job. */
  find(id: string): RunEntry | undefined {
    return this.entries.find((entry) => entry.id === id || entry.live?.job === id);
  }

  /** What can be asked of a run now. */
  controls(entry: RunEntry): RunControls {
    const facts = {
      hasDelta: entry.delta !== undefined,
      hasCheckpoint: entry.checkpoints.length > 0,
      mayStart: this.sources.mayStart(),
      failure: failureOf(entry),
    };
    const before = this.pending.get(entry.id) ?? { ...facts, state: entry.state };
    const now = { ...nextControls(before, { kind: 'state', state: entry.state }), ...facts };
    // It may have been asked for elsewhere, as by the list of jobs.
    const pending = now.pending ?? (entry.isStopping ? 'stop' : undefined);
    const controls = { ...now, pending };
    if (now.pending) this.pending.set(entry.id, now);
    else this.pending.delete(entry.id);
    return controls;
  }

  /** Notes what is asked of a run. @returns false when it makes no sense now */
  ask(entry: RunEntry, request: RunRequest): boolean {
    const before = this.controls(entry);
    const after = nextControls(before, { kind: 'asked', request });
    if (after === before) return false;
    this.note(entry, after);
    return true;
  }

  /** Nothing is asked of a run any more: it could not be done, was thought better of, or the run is gone. */
  answered(entry: RunEntry): void {
    const event: ControlEvent = { kind: 'failed' };
    this.note(entry, nextControls(this.controls(entry), event));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscriptions.forEach((subscription) => subscription.dispose());
    this.emitter.dispose();
    this.looks.dispose();
  }

  private note(entry: RunEntry, controls: RunControls): void {
    if (controls.pending) this.pending.set(entry.id, controls);
    else this.pending.delete(entry.id);
    this.changed();
  }

  /** From then on the files speak: the run may be gone on with by another program. */
  private async settle(run: TrainingRun): Promise<void> {
    await this.sources.runs.refresh();
    if (!run.error) this.settled.add(run);
    this.changed();
  }

  private changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.emitter.fire(this.entries);
    }, this.sources.pauseMs ?? 250);
  }
}

function failureOf({ errorCode }: RunEntry): RunControls['failure'] {
  return errorCode === 'out-of-memory' ? 'memory' : errorCode === 'device-lost' ? 'device' : undefined;
}
