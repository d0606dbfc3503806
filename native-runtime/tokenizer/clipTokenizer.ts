import { ProductError } from '../../src/common/errors';
import { AddedTokens, type AddedToken } from './addedTokens';
import { BytePairEncoder, wordEnd } from './bytePairEncoder';
import { normalizeText, splitWords } from './textNormalization';
import { readTokenizerFiles, type TokenizerFiles } from './tokenizerFiles';

/** Text positions of a prompt: BOS, at most 75 tokens, EOS, padding. */
export const promptLength = 77;

/** The tokens of a prompt. */
export interface EncodedPrompt {
  /** `[77]`: BOS, the text, EOS, padding. */
  ids: number[];
  /** Tokens of the whole text, before truncation and without BOS and EOS. */
  tokenCount: number;
  /** Whether tokens beyond the 75th were dropped. */
  truncated: boolean;
}

/** A word of a prompt and where it is among the 77 positions. */
export interface PromptWord {
  /** The word in its normalised form (lower case), or the token's own spelling. */
  text: string;
  /** Positions in the 77, ascending; a word that was cut off has only those that remain. */
  positions: number[];
  ids: number[];
  /** Whether it is a token added for a concept, such as `<new1>`. */
  isModifier: boolean;
}

interface TokenizedWord {
  text: string;
  pieces: readonly string[];
  ids: readonly number[];
  isModifier: boolean;
}

/** Fragments that the published training scripts start modifier tokens from; they are not words but are accepted as typed. */
const publishedInitialisers: ReadonlySet<string> = new Set(['ktn', 'pll', 'ucd']);

/** CLIP's byte-level BPE tokenizer (Radford et al., 2021) with tokens added for concepts; ids equal those of transformers. */
export class ClipTokenizer {
  private readonly encoder: BytePairEncoder;
  private readonly added: AddedTokens;
  private readonly modifiers = new Set<string>();
  private nextId: number;

  private constructor(private readonly files: TokenizerFiles) {
    this.encoder = new BytePairEncoder(files.merges);
    this.added = new AddedTokens(files.addedTokens);
    this.nextId = Math.max(files.vocabulary.size, ...files.addedTokens.map((token) => token.id + 1));
    for (const token of files.addedTokens)
      if (!token.special && token.id >= files.vocabulary.size) this.modifiers.add(token.content);
  }

  /**
   * Loads the tokenizer in a folder (`vocab.json`, `merges.txt` and its configuration, or `tokenizer.json`).
   * @throws ProductError `not-found`, `bad-file`, `unsupported-model`.
   */
  static async load(folder: string): Promise<ClipTokenizer> {
    return new ClipTokenizer(await readTokenizerFiles(folder));
  }

  /** Number of ids: the vocabulary and the tokens added to it so far. */
  get vocabularySize(): number {
    return this.nextId;
  }

  /**
   * Adds a modifier token after the last id and returns its id. It is found anywhere in a text, inside words too, in any case of letters.
   * @throws ProductError `bad-token` when the token exists already, is a piece of the vocabulary, or is not one printable word.
   */
  addToken(token: string): number {
    this.checkNewToken(token);
    const id = this.nextId++;
    this.added.add({ content: token, id, normalized: true, special: false });
    this.modifiers.add(token);
    return id;
  }

  /** The tokens added for concepts, in the order of their ids. */
  get modifierTokens(): string[] {
    return [...this.modifiers];
  }

  /** The id of a vocabulary piece (`cat</w>`) or an added token. */
  idOf(piece: string): number | undefined {
    return this.added.get(piece)?.id ?? this.files.vocabulary.get(piece);
  }

  /** The 77 ids of a text. Longer texts lose their end; `truncated` says so. */
  encode(text: string): EncodedPrompt {
    const tokens = this.tokenize(text).flatMap((word) => word.ids);
    const kept = tokens.slice(0, promptLength - 2);
    const ids = [this.requiredId(this.files.bos), ...kept, this.requiredId(this.files.eos)];
    const padding = this.requiredId(this.files.padding);
    while (ids.length < promptLength) ids.push(padding);
    return { ids, tokenCount: tokens.length, truncated: kept.length < tokens.length };
  }

  /** All pieces of a text in order, without BOS and EOS and not truncated; unknown symbols show as the unknown token. */
  pieces(text: string): string[] {
    return this.tokenize(text).flatMap((word) => word.pieces);
  }

  /** The words of a text with their positions among the 77, for attention overlays. Words beyond the last position are left out. */
  words(text: string): PromptWord[] {
    const words: PromptWord[] = [];
    let next = 1;
    for (const { text: word, ids, isModifier } of this.tokenize(text)) {
      const positions = ids.map((_, i) => next + i).filter((position) => position < promptLength - 1);
      next += ids.length;
      if (positions.length > 0) words.push({ text: word, positions, ids: ids.slice(0, positions.length), isModifier });
    }
    return words;
  }

  /**
   * The vocabulary ids whose embeddings (averaged if several) a modifier token may start from: one for each typed word, which must be
   * a whole word of the vocabulary. `ktn`, `pll` and `ucd`, the fragments of the published scripts, stand for themselves.
   * @throws ProductError `bad-token` when a word is empty, unknown, or made of several pieces.
   */
  resolveInitialiser(initialiser: string): number[] {
    const words = normalizeText(initialiser).trim().split(' ');
    return words.map((word) => {
      const fragment = publishedInitialisers.has(word) ? this.files.vocabulary.get(word) : undefined;
      const id = fragment ?? this.wholeWordId(word);
      if (id === undefined)
        throw new ProductError(
          'bad-token',
          initialiser,
          `${JSON.stringify(word)} is not one whole word of this model's vocabulary`,
          'Use a more common word, such as the class noun',
        );
      return id;
    });
  }

  private wholeWordId(word: string): number | undefined {
    const pieces = splitWords(word).flatMap((part) => this.encoder.encodeWord(part));
    const [piece, ...rest] = pieces;
    return piece?.endsWith(wordEnd) && rest.length === 0 ? this.files.vocabulary.get(piece) : undefined;
  }

  private tokenize(text: string): TokenizedWord[] {
    return this.added
      .split(text)
      .flatMap((segment) =>
        'token' in segment
          ? [this.wholeToken(segment.token)]
          : splitWords(segment.text).map((word) => this.piecesOfWord(word)),
      );
  }

  private wholeToken(token: AddedToken): TokenizedWord {
    // Its piece is the text that was found: in lower case if it was looked for in normalised text.
    const piece = token.normalized ? normalizeText(token.content) : token.content;
    const isModifier = this.modifiers.has(token.content);
    return { text: token.content, pieces: [piece], ids: [token.id], isModifier };
  }

  private piecesOfWord(word: string): TokenizedWord {
    const { vocabulary, unknown } = this.files;
    const pieces = this.encoder.encodeWord(word).map((piece) => (vocabulary.has(piece) ? piece : unknown));
    return { text: word, pieces, ids: pieces.map((piece) => this.requiredId(piece)), isModifier: false };
  }

  private requiredId(piece: string): number {
    return this.idOf(piece)!;
  }

  private checkNewToken(token: string): void {
    const refuse = (problem: string) =>
      new ProductError('bad-token', token, problem, 'Choose another modifier token, such as <new1>');
    const matched = normalizeText(token);
    if (token === '' || /[\s\p{C}]/u.test(token) || matched.includes(' '))
      throw refuse('a modifier token is one word without spaces or invisible characters');
    if (this.added.all().some((other) => normalizeText(other.content) === matched))
      throw refuse('the tokenizer already has this token');
    for (const piece of [token, matched, matched + wordEnd])
      if (this.files.vocabulary.has(piece)) throw refuse('this is a piece of the vocabulary');
  }
}
