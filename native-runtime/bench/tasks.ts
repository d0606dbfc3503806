import { Session, type SessionOptions, type Values } from '../device/session';
import { input, type Tensor } from '../graph/tensor';
import { decodeLatents, encodePicture } from '../models/autoencoder';
import { componentWeights, type BaseModel } from '../models/baseModel';
import { unet } from '../models/unet';
import { RandomStream } from '../random';
import { parseFreezeMode } from '../../src/common/freezeModes';
import { toFloat32 } from '../formats/halfFloat';
import { elementCount, float32, int64, type TensorData } from '../tensorData';
import { addedConditions, encodeText } from '../models/conditioning';
import { defaultOptimizer } from '../train/optimizer';
import { TrainState } from '../train/state';
import { createStepSessions, trainedShapes, type StepOptions } from '../train/stepGraph';

/** What a benchmark runs on. */
export interface BenchOptions {
  base: BaseModel;
  /** Pixels. */
  resolution: number;
  rows: number;
  mode: string;
  session: SessionOptions;
}

/** One piece of work that can be repeated. */
export type BenchWork = () => Promise<void>;

/** The work of each task, prepared: sessions are compiled, the inputs drawn. */
export const benchTasks: Record<string, (options: BenchOptions) => Promise<BenchWork>> = {
  unet: prepareUnet,
  train: prepareTrain,
  text: prepareText,
  'vae-encode': prepareEncode,
  'vae-decode': prepareDecode,
};

const draw = (purpose: string, shape: readonly number[]): TensorData =>
  float32(shape, new RandomStream(0, `bench.${purpose}`).normals(elementCount(shape)));

function latentShape({ base, resolution, rows }: BenchOptions): number[] {
  const cells = resolution / base.vae.config.scaleFactor;
  return [rows, base.unet.config.inChannels, cells, cells];
}

async function forward(outputs: Record<string, Tensor>, feeds: Values, options: BenchOptions): Promise<BenchWork> {
  const session = await Session.create(outputs, options.session);
  return async () => void (await session.run(feeds));
}

function textFeeds({ base, rows }: BenchOptions): Values {
  const feeds: Values = { timeIds: float32([rows, 6]) };
  base.textEncoders.forEach(({ config }, i) => {
    const count = rows * config.positions;
    const random = new RandomStream(0, 'bench.ids', 0, i);
    feeds[`inputIds.${i}`] = int64(
      [rows, config.positions],
      Array.from({ length: count }, () => random.integer(0, 400)),
    );
    feeds[`poolMask.${i}`] = float32([rows, config.positions]);
  });
  return feeds;
}

async function prepareUnet(options: BenchOptions): Promise<BenchWork> {
  const { base, rows } = options;
  const width = base.unet.config.levels[0]!.crossAttentionDim;
  const shape = latentShape(options);
  const weights = componentWeights(base.unet);
  const conditioning = {
    encoderHiddenStates: input('text', [rows, 77, width]),
    textEmbeds: undefined as Tensor | undefined,
  };
  const pooled = base.textEncoders.at(-1)!.config.projection;
  if (base.unet.config.addition && pooled) conditioning.textEmbeds = input('pooled', [rows, pooled]);
  const inputs = {
    sample: input('sample', shape),
    timestep: input('timestep', [rows]),
    added: addedConditions(conditioning, rows),
  };
  const output = unet(
    { ...inputs, encoderHiddenStates: conditioning.encoderHiddenStates },
    weights.get,
    base.unet.config,
  );
  weights.check();
  const feeds: Values = {
    sample: draw('latents', shape),
    timestep: float32([rows], new Float32Array(rows).fill(500)),
    text: draw('text', [rows, 77, width]),
    pooled: draw('pooled', [rows, pooled ?? 1]),
    timeIds: float32([rows, 6]),
  };
  return forward({ output }, feeds, options);
}

async function prepareTrain(options: BenchOptions): Promise<BenchWork> {
  const { base, rows, mode } = options;
  const shape = latentShape(options);
  const step: StepOptions = {
    selection: parseFreezeMode(mode),
    modifiers: 1,
    optimizer: { ...defaultOptimizer, clip: 1 },
    accumulation: 1,
    instanceRows: Math.ceil(rows / 2),
    priorLossWeight: 1,
    weighting: 'paper',
  };
  const graphShape = { rows, height: shape[2]!, width: shape[3]! };
  const sessions = await createStepSessions(base, graphShape, step, options.session);
  const state = TrainState.start(await startWeights(base, step));
  const feeds: Values = {
    ...textFeeds(options),
    latents: draw('latents', shape),
    mask: float32([rows, 1, shape[2]!, shape[3]!], new Float32Array(rows * shape[2]! * shape[3]!).fill(1)),
    learningRate: float32([], [4e-5]),
    modifierLearningRate: float32([], [4e-5]),
  };
  let count = 0;
  return async () => {
    const random = new RandomStream(0, 'bench.timesteps', count++);
    const timestep = int64(
      [rows],
      Array.from({ length: rows }, () => random.integer(0, 1000)),
    );
    await state.update(sessions.step, { ...feeds, timestep, noise: draw('noise', shape) }, step.optimizer);
  };
}

async function startWeights(base: BaseModel, step: StepOptions): Promise<Map<string, TensorData>> {
  const shapes = trainedShapes(base, step);
  const names = [...shapes.keys()].filter((name) => base.unet.sources.has(name));
  const keys = names.map((name) => base.unet.sources.get(name)!.name);
  const read = await base.unet.file.read(keys);
  const weights = new Map<string, TensorData>(
    names.map((name, i) => [name, float32(shapes.get(name)!, toFloat32(read.get(keys[i]!)!))]),
  );
  for (const [name, shape] of shapes) if (!weights.has(name)) weights.set(name, draw(name, shape));
  return weights;
}

async function prepareText(options: BenchOptions): Promise<BenchWork> {
  const { encoderHiddenStates } = encodeText(options.base, options.rows);
  return forward({ encoderHiddenStates }, textFeeds(options), options);
}

async function prepareEncode(options: BenchOptions): Promise<BenchWork> {
  const { base, rows, resolution } = options;
  const weights = componentWeights(base.vae);
  const shape = [rows, 3, resolution, resolution];
  const { mean } = encodePicture(input('pictures', shape), weights.get, base.vae.config);
  weights.check();
  return forward({ mean }, { pictures: draw('pictures', shape) }, options);
}

async function prepareDecode(options: BenchOptions): Promise<BenchWork> {
  const { base } = options;
  const weights = componentWeights(base.vae);
  const shape = latentShape(options);
  const pictures = decodeLatents(input('latents', shape), weights.get, base.vae.config);
  weights.check();
  return forward({ pictures }, { latents: draw('latents', shape) }, options);
}
