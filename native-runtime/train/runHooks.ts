import type { Values } from '../device/session';
import type { SaveStage } from './checkpoint';
import type { StepReport } from './runLog';
import type { SampleGrid } from './sampleGrids';

/** Something a run tells besides steps and samples. */
export type RunEvent =
  /** A part of the work that is counted: prior pictures drawn, views encoded. */
  | { kind: 'progress'; part: 'priors' | 'latents'; done: number; total: number }
  /** The training graph is being compiled. */
  | { kind: 'compiling' }
  | { kind: 'checkpoint'; step: number; folder: string }
  | { kind: 'warning'; message: string };

/** How a caller follows and stops a run. */
export interface RunHooks {
  /** Looked at after each step: the run then keeps a checkpoint and ends. */
  signal?: AbortSignal;
  onStart?: (folder: string) => void;
  onStep?: (report: StepReport) => void | Promise<void>;
  onSample?: (grid: SampleGrid) => void;
  onEvent?: (event: RunEvent) => void;
  /** For fault tests: may change the inputs of a step (from 1) before it is run. */
  onFeeds?: (step: number, feeds: Values) => void;
  /** For fault tests: told of each stage of saving a checkpoint. */
  onSaveStage?: (stage: SaveStage, step: number) => void;
}

/** How a run ended. */
export interface RunResult {
  folder: string;
  status: 'finished' | 'stopped';
  /** Steps done. */
  step: number;
  /** The saved delta; absent when the run stopped before its first step. */
  delta?: string;
}
