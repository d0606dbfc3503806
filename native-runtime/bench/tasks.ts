import { Session, type CreateOptions, type Values } from '../device/session';
import { inMixedPrecision } from '../graph/mixedPrecision';
import { input, type Tensor } from '../graph/tensor';
import { decodeLatents, encodePicture } from '../models/autoencoder';
import { componentWeights } from '../models/baseModel';
import { addedConditions, encodeText } from '../models/conditioning';
import { unet } from '../models/unet';
import { float32 } from '../tensorData';
import { draw, latentShape, textFeeds, type BenchOptions } from './inputs';
import { prepareLoop } from './loopTraining';
import { BenchTraining, prepareEncoding } from './training';

/** One piece of work that can be repeated. */
export type BenchWork = () => Promise<void>;

/** The work of each task, prepared: sessions are compiled, the inputs drawn. */
export const benchTasks: Record<string, (options: BenchOptions) => Promise<BenchWork>> = {
  unet: prepareUnet,
  train: prepareTrain,
  'train-full': prepareTrainFull,
  'train-loop': prepareLoop,
  text: prepareText,
  'vae-encode': prepareEncode,
  'vae-decode': prepareDecode,
};

async function forward(outputs: Record<string, Tensor>, feeds: Values, options: CreateOptions): Promise<BenchWork> {
  const names = Object.keys(outputs);
  const mixed = options.mixedPrecision ? inMixedPrecision(Object.values(outputs), []) : undefined;
  const graph = mixed ? Object.fromEntries(names.map((name, i) => [name, mixed[i]!])) : outputs;
  const session = await Session.create(graph, options);
  return async () => void (await session.run(feeds));
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
  return forward({ output }, feeds, { ...options.session, fasterConvolutions: true });
}

/** A step on latents that are there already, as in a run. */
async function prepareTrain(options: BenchOptions): Promise<BenchWork> {
  const training = await BenchTraining.create(options);
  const latents = draw('latents', latentShape(options));
  return async () => void (await training.update(latents));
}

/** A step that encodes its pictures first, as the reference script does. */
async function prepareTrainFull(options: BenchOptions): Promise<BenchWork> {
  const training = await BenchTraining.create(options);
  const { encode } = await prepareEncoding(options);
  return async () => void (await training.update(await encode()));
}

async function prepareText(options: BenchOptions): Promise<BenchWork> {
  const { encoderHiddenStates } = encodeText(options.base, options.rows);
  return forward({ encoderHiddenStates }, textFeeds(options), options.session);
}

/** Picture by picture, as runs encode pictures of this size. */
async function prepareEncode(options: BenchOptions): Promise<BenchWork> {
  const { base, resolution } = options;
  const weights = componentWeights(base.vae);
  const shape = [1, 3, resolution, resolution];
  const { mean } = encodePicture(input('pictures', shape), weights.get, base.vae.config);
  weights.check();
  return forEachRow(options, await forward({ mean }, { pictures: draw('pictures', shape) }, options.session));
}

/** Picture by picture, as the sampler decodes them. */
async function prepareDecode(options: BenchOptions): Promise<BenchWork> {
  const { base } = options;
  const weights = componentWeights(base.vae);
  const shape = latentShape({ ...options, rows: 1 });
  const pictures = decodeLatents(input('latents', shape), weights.get, base.vae.config);
  weights.check();
  return forEachRow(options, await forward({ pictures }, { latents: draw('latents', shape) }, options.session));
}

function forEachRow({ rows }: BenchOptions, work: BenchWork): BenchWork {
  return async () => {
    for (let row = 0; row < rows; row++) await work();
  };
}
