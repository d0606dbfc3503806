import { baseUnetWeights } from '../delta/blendDelta';
import type { Delta } from '../delta/delta';
import type { Values } from '../device/session';
import { RandomStream } from '../random';
import { float32, int64, type TensorData } from '../tensorData';
import { freshLossScale, lossScaleFeeds } from '../train/lossScale';
import { PictureEncoder } from '../train/pictureEncoder';
import { TrainState } from '../train/state';
import { trainedShapes, type StepOptions } from '../train/stepGraph';
import { createStepSessions, type StepSessions } from '../train/stepSessions';
import { splitTrained } from '../train/trainedDelta';
import { benchStep } from './benchStep';
import { draw, latentShape, trainingTextFeeds, type BenchOptions } from './inputs';

/** Training on random latents or pictures: compiled, with its state. */
export class BenchTraining {
  private count = 0;

  private constructor(
    private readonly sessions: StepSessions,
    private readonly step: StepOptions,
    private readonly state: TrainState,
    private readonly feeds: Values,
    private readonly shape: readonly number[],
  ) {}

  /** Compiles a step of two kinds of rows, half of them each. @throws ProductError `bad-config` for an unknown mode. */
  static async create(options: BenchOptions): Promise<BenchTraining> {
    const { base, rows } = options;
    const shape = latentShape(options);
    const [height, width] = [shape[2]!, shape[3]!];
    const step = benchStep(options);
    const sessions = await createStepSessions(base, { rows, height, width }, step, options.session);
    const feeds: Values = {
      ...trainingTextFeeds(options),
      mask: float32([rows, 1, height, width], new Float32Array(rows * height * width).fill(1)),
      learningRate: float32([], [4e-5]),
      modifierLearningRate: float32([], [4e-5]),
      ...lossScaleFeeds(freshLossScale()),
    };
    return new BenchTraining(sessions, step, TrainState.start(await startWeights(options, step)), feeds, shape);
  }

  /** One update. Returns its loss. */
  async update(latents: TensorData): Promise<number> {
    const random = new RandomStream(0, 'bench.timesteps', this.count++);
    const rows = this.shape[0]!;
    const timestep = int64(
      [rows],
      Array.from({ length: rows }, () => random.integer(0, 1000)),
    );
    const noise = draw('noise', this.shape);
    const { loss } = await this.state.update(
      this.sessions.step,
      { ...this.feeds, latents, timestep, noise },
      this.step.optimizer,
    );
    return Number(loss!.data[0]);
  }

  /** What was learned so far. */
  delta(): Delta {
    const tokens = Array.from({ length: this.step.modifiers }, (_, i) => `<new${i + 1}>`);
    return { ...splitTrained(this.state.weights, tokens), metadata: {} };
  }
}

/** What is trained, as it is before the first step; rows of the token are drawn. */
export async function startWeights({ base }: BenchOptions, step: StepOptions): Promise<Map<string, TensorData>> {
  const shapes = trainedShapes(base, step);
  const weights = await baseUnetWeights(
    base,
    [...shapes.keys()].filter((name) => base.unet.sources.has(name)),
  );
  for (const [name, shape] of shapes) if (!weights.has(name)) weights.set(name, draw(name, shape));
  return weights;
}

/** Encodes one random picture for each row; every call draws latents anew from what the autoencoder says of them. */
export async function prepareEncoding(options: BenchOptions): Promise<() => Promise<TensorData>> {
  const { base, rows, resolution, session } = options;
  const encoder = await PictureEncoder.create(base, resolution, session);
  const cells = resolution / base.vae.config.scaleFactor;
  const mask = new Float32Array(cells * cells).fill(1);
  const views = Array.from({ length: rows }, (_, row) => ({
    pixels: floats(draw('pictures', [3, resolution, resolution], row)).map(Math.tanh),
    mask,
    prefix: '',
  }));
  let count = 0;
  return async () => {
    const { mean, std } = await encoder.encode(
      rows,
      (row) => Promise.resolve(views[row]!),
      () => {},
    );
    const noise = floats(draw('latents', mean.shape, count++));
    const latents = floats(mean).map((x, i) => x + floats(std)[i]! * noise[i]!);
    return float32(mean.shape, latents);
  };
}

const floats = ({ data }: TensorData) => data as Float32Array;
