import type { Values } from '../device/session';
import type { BaseModel } from '../models/baseModel';
import { PromptTokens } from '../sample/promptTokens';
import type { TensorData } from '../tensorData';
import { ClipTokenizer } from '../tokenizer/clipTokenizer';

/** Turns captions into the inputs of a training graph, with the modifier tokens of a run added to the vocabulary. */
export class PromptEncoder {
  private readonly known = new Map<string, Values>();

  private constructor(
    private readonly tokens: PromptTokens,
    /** One for each text encoder, with the modifier tokens in it. */
    readonly tokenizers: readonly ClipTokenizer[],
  ) {}

  /**
   * Loads the tokenizers of a base model and adds the tokens in this order.
   * @throws ProductError `bad-token` when a token exists already, `bad-model` when vocabulary and embeddings do not fit.
   */
  static async load(base: BaseModel, modifierTokens: readonly string[]): Promise<PromptEncoder> {
    const tokens = await PromptTokens.load(base, modifierTokens);
    const tokenizers = await Promise.all(
      base.textEncoders.map(({ tokenizerFolder }) => ClipTokenizer.load(tokenizerFolder)),
    );
    for (const tokenizer of tokenizers) modifierTokens.forEach((token) => tokenizer.addToken(token));
    return new PromptEncoder(tokens, tokenizers);
  }

  /** Checks a prompt and returns warnings, as `PromptTokens.check`. */
  check(prompt: string, where: string): string[] {
    return this.tokens.check(prompt, where);
  }

  /** The text inputs of a training graph for these prompts, one row each. The same prompt is encoded once. */
  feeds(prompts: readonly string[]): Values {
    const rows = prompts.map((prompt) => {
      const known = this.known.get(prompt) ?? this.tokens.feeds(prompt);
      this.known.set(prompt, known);
      return known;
    });
    return stackedFeeds(rows);
  }
}

/** Inputs for one row each as inputs for all of them. */
export function stackedFeeds(rows: readonly Values[]): Values {
  return Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, stackRows(rows.map((row) => row[name]!))]));
}

/** Tensors [1, …] as one [rows, …]. */
function stackRows(rows: readonly TensorData[]): TensorData {
  const { dtype, shape, data } = rows[0]!;
  const size = data.length;
  const whole = dtype === 'int64' ? new BigInt64Array(rows.length * size) : new Float32Array(rows.length * size);
  rows.forEach((row, i) => (whole as Float32Array).set(row.data as Float32Array, i * size));
  return { dtype, shape: [rows.length, ...shape.slice(1)], data: whole };
}
