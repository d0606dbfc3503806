import { existsSync } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { asDiskError, atomicWrite } from '../atomicWrite';

/** What one training step gave; a line of `log.jsonl`. */
export interface StepReport {
  /** From 1. */
  step: number;
  /** The number that is minimised; not finite when the step was skipped. */
  loss: number;
  /** Mean squared error per element over each concept's rows; null when the concept had none. */
  instanceLosses: (number | null)[];
  /** The same over the prior rows; null without any. */
  priorLoss: number | null;
  /** Before clipping. */
  gradientNorm: number;
  learningRate: number;
  modifierLearningRate: number;
  /** Of every row. */
  timesteps: number[];
  /** False when the loss or gradient was not finite, so that nothing changed. */
  applied: boolean;
  seconds: number;
  /** Memory of the process, in bytes. */
  rssBytes: number;
}

/** `log.jsonl`: one line of JSON for each step. */
export class RunLog {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Opens the log for the steps after `lastStep`; lines of later steps, and one that was cut off, are dropped. */
  static async open(path: string, lastStep: number): Promise<RunLog> {
    try {
      if (existsSync(path)) {
        const kept = (await readRunLog(path)).filter(({ step }) => step <= lastStep);
        await atomicWrite(path, kept.map((report) => `${JSON.stringify(report)}\n`).join(''));
      }
      return new RunLog(path, await open(path, 'a'));
    } catch (error) {
      throw asDiskError(error, path);
    }
  }

  /** Adds a step. */
  async add(report: StepReport): Promise<void> {
    try {
      await this.file.appendFile(`${JSON.stringify(report)}\n`);
    } catch (error) {
      throw asDiskError(error, this.path);
    }
  }

  /** Makes what was added durable: before a checkpoint counts on it. */
  async sync(): Promise<void> {
    try {
      await this.file.sync();
    } catch (error) {
      throw asDiskError(error, this.path);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** The steps in a log. A line that is not whole is passed over. Losses that were not finite read as null. */
export async function readRunLog(path: string): Promise<StepReport[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((line) => {
    try {
      const report = JSON.parse(line) as StepReport;
      return Number.isInteger(report.step) ? [report] : [];
    } catch {
      return [];
    }
  });
}
