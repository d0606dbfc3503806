import { ProductError } from '../../src/common/errors';
import { captureAttention, type CapturedLayer } from '../attention/capture';
import { Session, type Feeds, type SessionOptions, type Values } from '../device/session';
import { UploadedValues } from '../device/transfer';
import { inMixedPrecision } from '../graph/mixedPrecision';
import { mul } from '../graph/operators/elementwise';
import { input, type Tensor } from '../graph/tensor';
import { decodeLatents, encodePicture } from '../models/autoencoder';
import { componentWeights, type BaseModel } from '../models/baseModel';
import { unscaledLatents } from '../models/latents';
import type { AttentionMaps as CrossAttention } from '../models/transformer';
import { unet } from '../models/unet';
import { float32 } from '../tensorData';
import { encodeText } from '../models/conditioning';
import { PromptTokens } from './promptTokens';
import { SessionCache, type Compiled } from './sessionCache';
import { checkTuned, tunedFeeds, untuned, type TunedWeights } from './tunedWeights';

/** What the UNet reads of one prompt. */
export interface TextFeatures {
  /** [positions, width]. */
  encoderHiddenStates: Float32Array;
  /** [width]; only of models with two encoders. */
  textEmbeds?: Float32Array;
}

/** Which UNet graph is asked for. */
export interface UnetShape {
  rows: number;
  /** Latent cells. */
  height: number;
  width: number;
  /** Give out the attention of the rows from this one on. */
  captureFrom?: number;
}

/** What the UNet gave. */
export interface Prediction {
  /** [rows, channels, height, width]. */
  output: Float32Array;
  results: Values;
  /** How to read attention from the results; empty unless captured. */
  layers: readonly CapturedLayer[];
}

interface CompiledUnet extends Compiled {
  layers: CapturedLayer[];
}

/** Text, one UNet with and one without guidance or maps, two halves of the autoencoder, and one to spare. */
const MOST_GRAPHS = 6;

/**
 * A base model ready to run: its graphs are compiled when first needed and kept. Tuned weights are graph inputs, so the
 * same graphs serve any values of them.
 */
export class DiffusionModel {
  private readonly sessions = new SessionCache(MOST_GRAPHS);

  private constructor(
    readonly base: BaseModel,
    readonly prompts: PromptTokens,
    private readonly template: TunedWeights,
    private readonly options: SessionOptions,
  ) {}

  /** @throws ProductError `bad-model` when the tuned weights do not fit, `bad-token`, or what reading the tokenizer throws. */
  static async create(
    base: BaseModel,
    tuned: TunedWeights = untuned,
    options: SessionOptions = {},
  ): Promise<DiffusionModel> {
    checkTuned(base, tuned);
    const prompts = await PromptTokens.load(base, [...tuned.modifierTokens.keys()]);
    return new DiffusionModel(base, prompts, tuned, options);
  }

  /**
   * The graph inputs for other values of the tuned weights.
   * @throws ProductError `conflict` unless they have the names of those the model was created with, `bad-model` for other shapes.
   */
  feedsOf(tuned: TunedWeights): Values {
    const names = ({ unet: weights, modifierTokens }: TunedWeights) =>
      JSON.stringify([[...weights.keys()].sort(), [...modifierTokens.keys()]]);
    if (names(tuned) !== names(this.template))
      throw new ProductError(
        'conflict',
        '',
        'these tuned weights have other names than the ones the graphs were built for',
      );
    checkTuned(this.base, tuned);
    return tunedFeeds(this.base, tuned);
  }

  /** Copies tuned weights to the model's device, for many evaluations; release them after the last. */
  upload(tuned: Values): Promise<UploadedValues> {
    return UploadedValues.upload(tuned, this.options);
  }

  /** The features of one prompt. */
  async encodePrompt(prompt: string, tuned: Feeds): Promise<TextFeatures> {
    const feeds = { ...this.prompts.feeds(prompt), ...tuned };
    const { encoderHiddenStates, textEmbeds } = await this.run('text', () => this.compileText(), feeds);
    return {
      encoderHiddenStates: encoderHiddenStates!.data as Float32Array,
      textEmbeds: textEmbeds?.data as Float32Array | undefined,
    };
  }

  /** One UNet evaluation: `sample` [rows, channels, height, width], one text for each row. */
  async predict(
    shape: UnetShape,
    sample: Float32Array,
    timestep: number,
    texts: readonly TextFeatures[],
    tuned: Feeds,
  ): Promise<Prediction> {
    const { rows, height, width } = shape;
    const { config } = this.base.unet;
    const feeds: Feeds = {
      ...tuned,
      sample: float32([rows, config.inChannels, height, width], sample),
      timestep: float32([rows], new Float32Array(rows).fill(timestep)),
      encoderHiddenStates: stack(
        texts.map((text) => text.encoderHiddenStates),
        [this.positions, this.textWidth],
      ),
    };
    if (config.addition) {
      const size = [height, width].map((cells) => cells * this.base.vae.config.scaleFactor);
      const timeIds = Float32Array.from([...size, 0, 0, ...size]);
      feeds.textEmbeds = stack(
        texts.map((text) => text.textEmbeds!),
        [this.pooledWidth],
      );
      feeds.timeIds = stack(
        texts.map(() => timeIds),
        [6],
      );
    }
    const key = `unet ${JSON.stringify([rows, height, width, shape.captureFrom ?? null])}`;
    return this.sessions.use(
      key,
      () => this.compileUnet(shape),
      async ({ session, layers }) => {
        const results = await session.run(feeds);
        return { output: results.output!.data as Float32Array, results, layers };
      },
    );
  }

  /** Latents [channels, height, width] as the UNet has them, to a picture [3, height, width] in [−1, 1]. */
  async decode(latents: Float32Array, height: number, width: number): Promise<Float32Array> {
    const { config } = this.base.vae;
    const shape = [1, config.latentChannels, height, width];
    const compile = async () => {
      const weights = componentWeights(this.base.vae);
      const picture = decodeLatents(unscaledLatents(input('latents', shape), config), weights.get, config);
      weights.check();
      return { session: await Session.create({ picture }, this.options) };
    };
    const { picture } = await this.run(`decode ${height}×${width}`, compile, { latents: float32(shape, latents) });
    return picture!.data as Float32Array;
  }

  /** A picture [3, height, width] in [−1, 1] to the mean of its latents, scaled for the UNet; sizes in pixels. */
  async encode(picture: Float32Array, height: number, width: number): Promise<Float32Array> {
    const { config } = this.base.vae;
    const shape = [1, 3, height, width];
    const compile = async () => {
      const weights = componentWeights(this.base.vae);
      const { mean } = encodePicture(input('picture', shape), weights.get, config);
      weights.check();
      return { session: await Session.create({ latents: mul(mean, config.scalingFactor) }, this.options) };
    };
    const { latents } = await this.run(`encode ${height}×${width}`, compile, { picture: float32(shape, picture) });
    return latents!.data as Float32Array;
  }

  /** Frees the compiled graphs. */
  async release(): Promise<void> {
    await this.sessions.release();
  }

  private get positions(): number {
    return this.base.textEncoders[0]!.config.positions;
  }

  private get textWidth(): number {
    return this.base.textEncoders.reduce((sum, { config }) => sum + config.hiddenSize, 0);
  }

  private get pooledWidth(): number {
    return this.base.textEncoders.at(-1)!.config.projection!;
  }

  private run(key: string, compile: () => Promise<Compiled>, feeds: Feeds): Promise<Values> {
    return this.sessions.use(key, compile, ({ session }) => session.run(feeds));
  }

  private async compileText(): Promise<Compiled> {
    const count = this.template.modifierTokens.size;
    const rows = this.base.textEncoders.map(({ config }, i) =>
      input(`weight.modifier_rows.${i}`, [count, config.hiddenSize]),
    );
    const { encoderHiddenStates, textEmbeds } = encodeText(this.base, 1, count ? rows : []);
    const outputs: Record<string, Tensor> = textEmbeds ? { encoderHiddenStates, textEmbeds } : { encoderHiddenStates };
    return { session: await Session.create(outputs, this.options) };
  }

  private async compileUnet({ rows, height, width, captureFrom }: UnetShape): Promise<CompiledUnet> {
    const { config } = this.base.unet;
    const replaced = [...this.template.unet].map(
      ([name, { shape }]) => [name, input(`weight.${name}`, shape)] as const,
    );
    const weights = componentWeights(this.base.unet, new Map(replaced));
    const maps: CrossAttention | undefined = captureFrom === undefined ? undefined : new Map();
    const inputs = {
      sample: input('sample', [rows, config.inChannels, height, width]),
      timestep: input('timestep', [rows]),
      encoderHiddenStates: input('encoderHiddenStates', [rows, this.positions, this.textWidth]),
      added: config.addition && {
        textEmbeds: input('textEmbeds', [rows, this.pooledWidth]),
        timeIds: input('timeIds', [rows, 6]),
      },
    };
    const output = unet(inputs, weights.get, config, maps);
    weights.check();
    const capture = captureAttention(maps ?? new Map(), captureFrom ?? 0, height, width);
    const outputs = { output, ...capture.outputs };
    const options = { ...this.options, fasterConvolutions: true };
    const session = await Session.create(this.inPrecision(outputs, replaced), options);
    return { session, layers: capture.layers };
  }

  /** The UNet is all that is computed in 16 bits: some autoencoders leave their range, and texts take no time. */
  private inPrecision(
    outputs: Record<string, Tensor>,
    tuned: readonly (readonly [string, Tensor])[],
  ): Record<string, Tensor> {
    if (!this.options.mixedPrecision) return outputs;
    const mixed = inMixedPrecision(
      Object.values(outputs),
      tuned.map(([, weight]) => weight),
    );
    return Object.fromEntries(Object.keys(outputs).map((name, i) => [name, mixed[i]!]));
  }
}

/** Values of several rows in one tensor [rows, ...shape]. */
function stack(rows: readonly Float32Array[], shape: readonly number[]) {
  const joined = float32([rows.length, ...shape]);
  rows.forEach((row, i) => joined.data.set(row, i * row.length));
  return joined;
}
