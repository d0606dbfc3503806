import type { Values } from '../device/session';
import { float32, int64 } from '../tensorData';
import { RandomStream } from '../random';
import { createLoopSession } from '../train/loopGraph';
import { freshMemory, runLoop } from '../train/loopSteps';
import { TrainState } from '../train/state';
import { benchStep } from './benchStep';
import { draw, latentShape, trainingTextFeeds, type BenchOptions } from './inputs';
import { startWeights } from './training';

/** Many training steps in one run of a graph, as CUDA has them. */
export async function prepareLoop(options: BenchOptions): Promise<() => Promise<void>> {
  const { base, rows, steps, session } = options;
  const shape = latentShape(options);
  const [height, width] = [shape[2]!, shape[3]!];
  const step = benchStep(options);
  const settings = { ...session, capacity: steps };
  const loop = await createLoopSession(base, { rows, height, width }, step, settings);
  const state = TrainState.start(await startWeights(options, step));
  const memory = freshMemory(0);
  const feeds = Array.from({ length: steps }, (_, i) => stepFeeds(options, shape, i));
  return async () => void (await runLoop(loop, state, feeds, step.optimizer, memory));
}

function stepFeeds(options: BenchOptions, shape: readonly number[], index: number): Values {
  const [rows, , height, width] = shape as [number, number, number, number];
  const random = new RandomStream(0, 'bench.timesteps', index);
  const timesteps = Array.from({ length: rows }, () => random.integer(0, 1000));
  return {
    ...trainingTextFeeds(options),
    latents: draw('latents', shape),
    noise: draw('noise', shape, index),
    timestep: int64([rows], timesteps),
    mask: float32([rows, 1, height, width], new Float32Array(rows * height * width).fill(1)),
    learningRate: float32([], [4e-5]),
    modifierLearningRate: float32([], [4e-5]),
  };
}
