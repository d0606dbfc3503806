import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { WantedDraw } from './drawsWorker';

/** Finds values that were drawn before; undefined for those that were not. */
export type Drawn = (purpose: string, step: number, index: number) => Float32Array | undefined;

/**
 * A thread that draws normal values while this one is held up in ONNX Runtime, whose `run` blocks it. The values are the same as without
 * it; where the thread cannot start or ends, they are drawn when they are needed.
 */
export class DrawsAhead {
  private isGone = false;

  private constructor(private readonly worker: Worker) {
    worker.on('error', () => (this.isGone = true));
    worker.on('exit', () => (this.isGone = true));
    // A run that ends must not wait for it.
    worker.unref();
  }

  /** Starts the thread. @param program its file; undefined comes back where there is none, as in sources that are not bundled */
  static start(program = join(__dirname, 'draws.js')): DrawsAhead | undefined {
    return existsSync(program) ? new DrawsAhead(new Worker(program)) : undefined;
  }

  /** Has values drawn. One list is asked for at a time. */
  async draw(wanted: readonly WantedDraw[]): Promise<Drawn> {
    const values = await this.answerTo(wanted);
    const known = new Map(wanted.map(({ purpose, step, index }, i) => [keyOf(purpose, step, index), values[i]]));
    return (purpose, step, index) => known.get(keyOf(purpose, step, index));
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private answerTo(wanted: readonly WantedDraw[]): Promise<readonly Float32Array[]> {
    if (this.isGone) return Promise.resolve([]);
    return new Promise((resolve) => {
      const end = (values: readonly Float32Array[]) => {
        this.worker.off('message', end);
        this.worker.off('exit', none);
        resolve(values);
      };
      const none = () => end([]);
      this.worker.on('message', end);
      this.worker.on('exit', none);
      this.worker.postMessage(wanted);
    });
  }
}

const keyOf = (purpose: string, step: number, index: number) => `${purpose} ${step} ${index}`;
