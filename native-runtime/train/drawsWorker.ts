import { parentPort } from 'node:worker_threads';
import { RandomStream } from '../random';

/** Normal values that are wanted: where their stream stands, and how many. */
export interface WantedDraw {
  seed: number;
  purpose: string;
  step: number;
  index: number;
  count: number;
}

/** The whole life of a thread that draws: it answers a list of wishes with a list of values. ONNX Runtime is not loaded in it. */
export function answerDraws(): void {
  parentPort?.on('message', (wanted: readonly WantedDraw[]) => {
    const drawn = wanted.map(({ seed, purpose, step, index, count }) =>
      new RandomStream(seed, purpose, step, index).normals(count),
    );
    parentPort?.postMessage(
      drawn,
      drawn.map(({ buffer }) => buffer as ArrayBuffer),
    );
  });
}
