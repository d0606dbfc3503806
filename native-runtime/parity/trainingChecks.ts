import { z } from 'zod';
import { freezeModes, parseFreezeMode, type FreezeMode } from '../../src/common/freezeModes';
import { Session, type Values } from '../device/session';
import { takeSource } from '../formats/compvis';
import { toFloat32 } from '../formats/halfFloat';
import type { BaseModel } from '../models/baseModel';
import { float32, type TensorData } from '../tensorData';
import { scalarOf, TrainState } from '../train/state';
import { lossAndGradients, trainedShapes, type StepOptions } from '../train/stepGraph';
import { createStepSessions } from '../train/stepSessions';
import { limits } from './limits';
import { difference, euclideanNorm, largest, numbersOf, ratio } from './measures';
import { promptFeeds } from './promptFeeds';
import type { Recording, RecordedTensors } from './recording';
import type { Report } from './report';
import { isModifierRows } from '../train/modifierRows';

const trainFile = z.object({
  lr: z.number(),
  betas: z.tuple([z.number(), z.number()]),
  eps: z.number(),
  weight_decay: z.number(),
  steps: z.number().int().positive(),
  modes: z.record(z.string(), z.object({ tensors: z.number(), parameters: z.number() })),
});
type TrainFile = z.infer<typeof trainFile>;

/** The file of a recorded trajectory, and what is trained how. */
interface Trajectory {
  file: string;
  mode: FreezeMode;
  weighting: StepOptions['weighting'];
}

/** Gradients of the first step, every loss, and the weights after the last step, for all modes and both loss weightings. */
export async function trainingChecks(recording: Recording, report: Report): Promise<void> {
  const settings = await recording.json('train', trainFile);
  const recordedModes = Object.keys(settings.modes).map((mode) => parseFreezeMode(mode));
  report.exact(
    'training recorded for every mode',
    freezeModes.filter((mode) => !recordedModes.includes(mode)),
  );
  const trajectories: Trajectory[] = recordedModes.map((mode) => ({ file: `train.${mode}`, mode, weighting: 'paper' }));
  const mode = 'crossattn-kv';
  trajectories.push({ file: `train.${mode}.diffusers-loss`, mode, weighting: 'diffusers' });
  const batch = await recording.tensors('train.batch');
  for (const trajectory of trajectories)
    await checkTrajectory(recording, settings, batch, await recording.tensors(trajectory.file), trajectory, report);
}

async function checkTrajectory(
  { base, session: sessionOptions }: Recording,
  settings: TrainFile,
  batch: RecordedTensors,
  recorded: RecordedTensors,
  { file, mode, weighting }: Trajectory,
  report: Report,
): Promise<void> {
  const latents = batch.get('latents');
  const [rows, , height, width] = latents.shape as [number, number, number, number];
  const optimizer = {
    beta1: settings.betas[0],
    beta2: settings.betas[1],
    epsilon: settings.eps,
    weightDecay: settings.weight_decay,
    clip: 0,
  };
  const modifiers = batch.get('modifier_rows.0').shape[0]!;
  // The first half of the rows shows concepts, the other their classes.
  const options: StepOptions = {
    selection: mode,
    modifiers,
    optimizer,
    weighting,
    accumulation: 1,
    instanceRows: rows / 2,
    priorLossWeight: 1,
  };
  const shape = { rows, height, width };
  const start = await startWeights(base, options, batch);
  report.exact(`${file} what is trained`, differingSelection(start, settings.modes[mode]!));
  const feeds = (step: number) => stepFeeds(base, settings, batch, step);

  const { trainables } = lossAndGradients(base, shape, options);
  const gradientSession = await Session.create(
    Object.fromEntries(trainables.map((t) => [t.name, t.gradient])),
    sessionOptions,
  );
  const slopes = await gradientSession.run({ ...feeds(0), ...TrainState.start(start).feeds(optimizer) });
  await gradientSession.release();
  checkGradients(file, slopes, recorded.below('grad.'), report);

  const { step: session } = await createStepSessions(base, shape, options, sessionOptions);
  const state = TrainState.start(start);
  const losses: number[] = [];
  for (let step = 0; step < settings.steps; step++)
    losses.push(scalarOf(await state.update(session, feeds(step), optimizer), 'loss'));
  await state.toHost();
  await session.release();
  checkLosses(file, losses, numbersOf(recorded.get('losses')), report);
  checkChanges(file, start, state.weights, recorded.below('final.'), report);
}

/** The base's weights and the recorded modifier rows, in single precision. */
async function startWeights(
  base: BaseModel,
  options: StepOptions,
  batch: RecordedTensors,
): Promise<Map<string, TensorData>> {
  const start = new Map<string, TensorData>();
  for (const name of trainedShapes(base, options).keys()) {
    const source = base.unet.sources.get(name);
    const tensor = source
      ? takeSource((await base.unet.file.read([source.name])).get(source.name)!, source)
      : batch.get(name);
    start.set(name, float32(tensor.shape, toFloat32(tensor)));
  }
  return start;
}

function differingSelection(
  start: Map<string, TensorData>,
  recorded: { tensors: number; parameters: number },
): string[] {
  const unet = [...start].filter(([name]) => !isModifierRows(name));
  const parameters = unet.reduce((sum, [, { data }]) => sum + data.length, 0);
  const differing: string[] = [];
  if (unet.length !== recorded.tensors) differing.push(`${unet.length} instead of ${recorded.tensors} tensors`);
  if (parameters !== recorded.parameters) differing.push(`${parameters} instead of ${recorded.parameters} parameters`);
  return differing;
}

function stepFeeds(base: BaseModel, { lr }: TrainFile, batch: RecordedTensors, step: number): Values {
  const latents = batch.get('latents');
  const [, , height, width] = latents.shape as [number, number, number, number];
  const ids = base.textEncoders.map((_, i) => batch.get(`input_ids.${i}`));
  return {
    latents,
    noise: part(batch.get('noise'), step),
    timestep: part(batch.get('timestep'), step),
    mask: batch.get('mask'),
    learningRate: float32([], [lr]),
    modifierLearningRate: float32([], [lr]),
    ...promptFeeds(base, ids, height, width),
  };
}

/** One index of the first axis. */
function part({ dtype, shape, data }: TensorData, index: number): TensorData {
  const size = data.length / shape[0]!;
  return { dtype, shape: shape.slice(1), data: data.slice(index * size, (index + 1) * size) };
}

/**
 * Where the reference's gradient is zero throughout (a softmax over one key has none), ours is measured against the largest gradient
 * of the file instead.
 */
function checkGradients(file: string, ours: Values, recorded: Map<string, TensorData>, report: Report): void {
  report.exact(`${file} names of gradients`, unpaired(Object.keys(ours), recorded));
  const scale = Math.max(...[...recorded.values()].map((tensor) => largest(numbersOf(tensor))));
  for (const [name, reference] of recorded)
    report.compare(`${file} gradient ${name}`, ours[name], reference, limits.gradient, scale);
}

function checkLosses(file: string, ours: number[], recorded: ArrayLike<number>, report: Report): void {
  const errors = ours.map((loss, step) => Math.abs(loss / recorded[step]! - 1));
  const worst = errors.reduce((max, error) => (error <= max ? max : error), 0);
  const complete = ours.length === recorded.length;
  report.measure(`${file} losses`, complete ? worst : NaN, limits.loss, `largest at step ${errors.indexOf(worst)}`);
}

/** A tensor the reference did not change is measured against the file's largest change. */
function checkChanges(
  file: string,
  start: Map<string, TensorData>,
  ours: Map<string, TensorData>,
  recorded: Map<string, TensorData>,
  report: Report,
): void {
  report.exact(`${file} names of final weights`, unpaired([...ours.keys()], recorded));
  const sizes = new Map<string, number>();
  for (const [name, final] of recorded) {
    const before = start.get(name);
    if (before) sizes.set(name, euclideanNorm(difference(numbersOf(final), numbersOf(before))));
  }
  const scale = Math.max(...sizes.values());
  for (const [name, final] of recorded) {
    const result = ours.get(name);
    const fits = result && String(result.shape) === String(final.shape);
    const error = fits ? euclideanNorm(difference(numbersOf(result), numbersOf(final))) : NaN;
    report.measure(`${file} change of ${name}`, ratio(error, sizes.get(name) || scale), limits.change);
  }
}

function unpaired(ours: readonly string[], recorded: ReadonlyMap<string, unknown>): string[] {
  const missing = [...recorded.keys()].filter((name) => !ours.includes(name)).map((name) => `${name} is not ours`);
  return [...missing, ...ours.filter((name) => !recorded.has(name)).map((name) => `${name} is not recorded`)];
}
