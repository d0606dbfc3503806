import { Worker } from 'node:worker_threads';
import { runInHalf } from '../../native-runtime/device/halfGraph';
import type { DeviceTensor } from '../../native-runtime/device/deviceTensor';
import { Session, type Values } from '../../native-runtime/device/session';
import { readTensors, UploadedValues } from '../../native-runtime/device/transfer';
import { add, mul, sign } from '../../native-runtime/graph/operators/elementwise';
import { expand } from '../../native-runtime/graph/operators/layout';
import { reduceMax } from '../../native-runtime/graph/operators/reduce';
import { input } from '../../native-runtime/graph/tensor';
import { loadBaseModel } from '../../native-runtime/models/loadBaseModel';
import { difference, euclideanNorm, numbersOf } from '../../native-runtime/parity/measures';
import { runParity, type ParityGroup } from '../../native-runtime/parity/runParity';
import { RandomStream } from '../../native-runtime/random';
import { elementCount, float32, int64 } from '../../native-runtime/tensorData';
import { freshLossScale, lossScaleFeeds } from '../../native-runtime/train/lossScale';
import { defaultOptimizer } from '../../native-runtime/train/optimizer';
import { scalarOf, TrainState } from '../../native-runtime/train/state';
import { deviceStep, trainedShapes, type StepOptions } from '../../native-runtime/train/stepGraph';
import { createStepSessions } from '../../native-runtime/train/stepSessions';

/** Figures of checks by name. */
export type Figures = Record<string, number>;

/** How far training on WebGPU is from the same on the processor. */
export interface TrainingFigures {
  /** Of each update, on each device. */
  losses: { cpu: number[]; webgpu: number[] };
  gradientNorms: { cpu: number[]; webgpu: number[] };
  /** The largest ‖Δwebgpu − Δcpu‖ / ‖Δcpu‖ of any tensor, Δ being its change over all updates. */
  worstChange: number;
  tensors: number;
  parameters: number;
}

/** What a process of its own is asked to do on WebGPU. */
export type WebgpuTask =
  | { kind: 'parity'; recording: string; groups: ParityGroup[] }
  | TrainingTask
  | { kind: 'half' }
  | { kind: 'session' }
  | { kind: 'refusals' }
  | { kind: 'abandoned' };

/** Training on both devices, the same but for what the changes say of WebGPU. */
export interface TrainingTask {
  kind: 'training';
  base: string;
  updates: number;
  rows: number;
  cells: number;
  changes?: Pick<StepOptions, 'scores' | 'recompute'>;
  mixedPrecision?: boolean;
}

const tasks = {
  parity: async ({ recording, groups }: { recording: string; groups: ParityGroup[] }): Promise<Figures> => {
    const { checks } = await runParity(recording, () => {}, groups, { device: 'webgpu' });
    return Object.fromEntries(checks.map(({ name, measured }) => [name, measured]));
  },
  training: trainOnBoth,
  session: keepAndShare,
  refusals,
  abandoned,
  half: () =>
    runInHalf().then(
      () => true,
      () => false,
    ),
};

/** Does a task. What it gives is JSON. */
export function doWebgpuTask(task: WebgpuTask): Promise<unknown> {
  return (tasks[task.kind] as (task: WebgpuTask) => Promise<unknown>)(task);
}

async function trainOnBoth(task: TrainingTask): Promise<TrainingFigures> {
  const base = await loadBaseModel(task.base);
  const options: StepOptions = {
    selection: 'crossattn-kv',
    modifiers: 1,
    optimizer: { ...defaultOptimizer, clip: 1 },
    accumulation: 1,
    instanceRows: task.rows / 2,
    priorLossWeight: 1,
    weighting: 'paper',
  };
  const shape = { rows: task.rows, height: task.cells, width: task.cells };
  const draw = (purpose: string, size: readonly number[], scale = 1) =>
    float32(
      size,
      new RandomStream(1, purpose).normals(elementCount(size)).map((value) => value * scale),
    );
  const start = new Map([...trainedShapes(base, options)].map(([name, size]) => [name, draw(name, size, 0.05)]));
  const ids = Array.from({ length: task.rows * base.textEncoders[0]!.config.positions }, (_, i) => (i * 7) % 100);
  ids[3] = base.textEncoders[0]!.config.vocabularySize;
  const sample = [task.rows, base.unet.config.inChannels, task.cells, task.cells];
  const feeds = (step: number): Values => ({
    latents: draw('latents', sample),
    noise: draw(`noise ${step}`, sample),
    timestep: int64(
      [task.rows],
      Array.from({ length: task.rows }, (_, i) => (step * 97 + i * 500) % 1000),
    ),
    mask: float32(
      [task.rows, 1, task.cells, task.cells],
      new Float32Array(task.rows * task.cells * task.cells).fill(1),
    ),
    'inputIds.0': int64([task.rows, ids.length / task.rows], ids),
    ...lossScaleFeeds(freshLossScale()),
    learningRate: float32([], [1e-3]),
    modifierLearningRate: float32([], [1e-3]),
  });
  const run = async (device: 'cpu' | 'webgpu') => {
    const changes = device === 'webgpu' ? { ...deviceStep(device), ...task.changes } : {};
    const settings = { device, mixedPrecision: device === 'webgpu' && task.mixedPrecision };
    const { step } = await createStepSessions(base, shape, { ...options, ...changes }, settings);
    const state = TrainState.start(start);
    const results: Values[] = [];
    for (let i = 0; i < task.updates; i++) results.push(await state.update(step, feeds(i), options.optimizer));
    await state.toHost();
    await step.release();
    return { state, results };
  };
  const [cpu, webgpu] = [await run('cpu'), await run('webgpu')];
  const change = (state: TrainState, name: string) =>
    difference(numbersOf(state.weights.get(name)!), numbersOf(start.get(name)!));
  const errors = [...start.keys()].map((name) => {
    const [expected, found] = [change(cpu.state, name), change(webgpu.state, name)];
    return euclideanNorm(difference(found, expected)) / euclideanNorm(expected);
  });
  const series = (name: string) => ({
    cpu: cpu.results.map((values) => scalarOf(values, name)),
    webgpu: webgpu.results.map((values) => scalarOf(values, name)),
  });
  return {
    losses: series('loss'),
    gradientNorms: series('gradientNorm'),
    worstChange: Math.max(...errors),
    tensors: start.size,
    parameters: [...start.values()].reduce((sum, { data }) => sum + data.length, 0),
  };
}

const x = input('x', [4]);
const values = { x: float32([4], [1, 2, 3, 4]) };

/** An output fed back to its own session and to another one, read, and values uploaded once. */
async function keepAndShare() {
  const session = await Session.create({ y: add(x, 1), seen: mul(x, 2) }, { device: 'webgpu', keep: (n) => n === 'y' });
  const other = await Session.create({ z: mul(x, 10) }, { device: 'webgpu' });
  let { kept, values: seen } = await session.runKeeping(values);
  for (let i = 0; i < 3; i++) {
    const before = kept;
    ({ kept, values: seen } = await session.runKeeping({ x: before.y! }));
    session.free([before.y!]);
  }
  const read = await readTensors({ x: kept.y! });
  const shared = await other.run({ x: kept.y! });
  const uploaded = await UploadedValues.upload(values, { device: 'webgpu' });
  const fromUpload = await other.run(uploaded.feeds);
  await uploaded.release();
  await session.release();
  await other.release();
  return [read.x, shared.z, fromUpload.z, seen.seen].map((tensor) => Array.from(numbersOf(tensor!)));
}

/** What must be an error and not the end of the process. */
async function refusals(): Promise<Record<string, unknown>> {
  const messages: Record<string, unknown> = {};
  const attempt = async (name: string, work: () => Promise<unknown>) => {
    messages[name] = await work().then(
      () => 'no error',
      (error: Error) => error.message,
    );
  };
  const session = await Session.create({ y: add(x, 1) }, { device: 'webgpu', keep: () => true });
  const onCpu = await Session.create({ y: add(x, 1) });
  const {
    kept: { y },
  } = await session.runKeeping(values);
  messages.handle = Object.keys(y as DeviceTensor).sort();
  await attempt('kept output of run', () => session.run(values));
  await attempt('on the processor', () => onCpu.run({ x: y! }));
  await session.release();
  await attempt('after its session', () => readTensors({ y: y! }));
  session.free([y!]);
  const twoGiB = expand(input('x', [1]), [2 ** 29]);
  await attempt('too large', () => Session.create({ y: reduceMax(twoGiB, [0]) }, { device: 'webgpu' }));
  await attempt('no kernel', () => Session.create({ y: sign(x) }, { device: 'webgpu' }));
  const worker = new Worker(process.argv[1]!, { argv: [JSON.stringify({ kind: 'session' } satisfies WebgpuTask)] });
  messages['in a thread'] = await new Promise((done) => worker.on('message', done).on('error', (e) => done(e.message)));
  const alive = await Session.create({ y: add(x, 1) }, { device: 'webgpu' });
  messages.alive = Array.from(numbersOf((await alive.run(values)).y!));
  await alive.release();
  await onCpu.release();
  return messages;
}

/** Ends with sessions and device tensors that nobody released. */
async function abandoned(): Promise<number> {
  const session = await Session.create({ y: add(x, 1) }, { device: 'webgpu', keep: () => true });
  await session.runKeeping(values);
  return elementCount([4]);
}
