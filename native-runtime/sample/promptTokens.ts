import { ProductError } from '../../src/common/errors';
import type { WordGroup } from '../../src/common/attention/words';
import type { Values } from '../device/session';
import type { BaseModel } from '../models/baseModel';
import { float32, int64 } from '../tensorData';
import { ClipTokenizer, promptLength } from '../tokenizer/clipTokenizer';
import { requireModifiersFit } from '../tokenizer/promptChecks';
import { MAX_PROMPT_LENGTH } from './parameters';

interface EncoderTokenizer {
  tokenizer: ClipTokenizer;
  /** Rows of the text encoder's own table; in the graph, modifier tokens are numbered from here on. */
  vocabularySize: number;
  /** The tokenizer's id of a modifier token → its row among the modifier embeddings. */
  modifierRows: ReadonlyMap<number, number>;
  hasPooledOutput: boolean;
}

/** A base's tokenizers, one for each text encoder, with the modifier tokens of a fine-tune. */
export class PromptTokens {
  private constructor(private readonly encoders: readonly EncoderTokenizer[]) {}

  /** @throws ProductError `bad-token` for a modifier token the tokenizer has already; `bad-model` when it does not fit the encoder. */
  static async load(base: BaseModel, modifierTokens: readonly string[]): Promise<PromptTokens> {
    const encoders = base.textEncoders.map(async ({ config, tokenizerFolder }) => {
      const tokenizer = await ClipTokenizer.load(tokenizerFolder);
      if (tokenizer.vocabularySize > config.vocabularySize)
        throw new ProductError(
          'bad-model',
          tokenizerFolder,
          `has ${tokenizer.vocabularySize} tokens, its text encoder ${config.vocabularySize}`,
          'Use the tokenizer that belongs to the base model',
        );
      const modifierRows = new Map(modifierTokens.map((token, row) => [tokenizer.addToken(token), row]));
      const hasPooledOutput = config.projection !== undefined;
      return { tokenizer, vocabularySize: config.vocabularySize, modifierRows, hasPooledOutput };
    });
    return new PromptTokens(await Promise.all(encoders));
  }

  /** One for each text encoder, with the modifier tokens added. */
  get tokenizers(): ClipTokenizer[] {
    return this.encoders.map(({ tokenizer }) => tokenizer);
  }

  /**
   * Checks a prompt and returns warnings; `where` names its field.
   * @throws ProductError `bad-token` for a learned token that is unknown or would be cut off, `bad-input` for a prompt of absurd length.
   */
  check(prompt: string, where: string): string[] {
    if (prompt.length > MAX_PROMPT_LENGTH)
      throw new ProductError('bad-input', where, `is ${prompt.length} characters long`, 'Shorten it to some 300');
    for (const token of prompt.match(/<[\p{L}\p{N}_-]+>/gu) ?? []) this.requireKnown(token, where);
    requireModifiersFit(this.first, prompt, where);
    const { truncated, tokenCount } = this.first.encode(prompt);
    if (!truncated) return [];
    return [`${where}: ${tokenCount} tokens, of which the model reads the first ${promptLength - 2}`];
  }

  /** The text graph's inputs for one prompt: `inputIds.<i>` [1, 77], and `poolMask.<i>` where encoder i has a pooled output. */
  feeds(prompt: string): Values {
    const feeds: Values = {};
    this.encoders.forEach(({ tokenizer, vocabularySize, modifierRows, hasPooledOutput }, i) => {
      const { ids, tokenCount } = tokenizer.encode(prompt);
      const rows = ids.map((id) => (modifierRows.has(id) ? vocabularySize + modifierRows.get(id)! : id));
      feeds[`inputIds.${i}`] = int64([1, promptLength], rows);
      if (!hasPooledOutput) return;
      const mask = float32([1, promptLength]);
      // The first end of text, which a prompt may also spell out before its own.
      mask.data[ids.indexOf(ids[endPosition(tokenCount)]!)] = 1;
      feeds[`poolMask.${i}`] = mask;
    });
    return feeds;
  }

  /** The prompt's words with their positions, and the start, the end and the padding as special words. */
  words(prompt: string): WordGroup[] {
    const end = endPosition(this.first.encode(prompt).tokenCount);
    const special = (text: string, positions: number[]) => ({ text, positions, isModifier: false, isSpecial: true });
    const padding = Array.from({ length: promptLength - 1 - end }, (_, i) => end + 1 + i);
    const words = this.first.words(prompt).map(({ text, positions, isModifier }) => ({ text, positions, isModifier }));
    const after = padding.length ? [special('padding', padding)] : [];
    return [special('start', [0]), ...words, special('end', [end]), ...after];
  }

  /** Two encoders cut text into the same pieces; the first speaks for both. */
  private get first(): ClipTokenizer {
    return this.encoders[0]!.tokenizer;
  }

  private requireKnown(token: string, where: string): void {
    // Learned tokens are found in any case of letters, so the tokenizer decides.
    if (this.first.words(token).some(({ isModifier }) => isModifier)) return;
    const known = this.first.modifierTokens;
    const remedy = known.length
      ? `Known here: ${known.join(', ')}`
      : 'Choose the fine-tune that taught it; the base alone knows no learned tokens';
    throw new ProductError('bad-token', where, `${token} is not a token this model has learned`, remedy);
  }
}

function endPosition(tokenCount: number): number {
  return Math.min(tokenCount, promptLength - 2) + 1;
}
