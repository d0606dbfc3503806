import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { readJsonObject, readTextFile } from '../formats/jsonFile';
import type { AddedToken } from './addedTokens';
import { readSpecialTokens, tokenFromJson, type TokenFlags } from './specialTokens';
import { checkMerges, readMerges, readPair, readVocabulary, type Merges } from './vocabulary';

/** What a tokenizer folder says. */
export interface TokenizerFiles {
  vocabulary: Map<string, number>;
  merges: Merges;
  /** In the order in which they are registered; ids beyond the vocabulary follow it without a gap. */
  addedTokens: AddedToken[];
  /** Contents of the special tokens. */
  bos: string;
  eos: string;
  unknown: string;
  padding: string;
}

/**
 * Reads `vocab.json`, `merges.txt`, `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`, or, where newer tools
 * wrote only that, `tokenizer.json`.
 * @throws ProductError `not-found` or `bad-file` when a file is missing or damaged, `unsupported-model` when it is no CLIP tokenizer.
 */
export async function readTokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const config = await readIfThere(join(folder, 'tokenizer_config.json'));
  const model = existsSync(join(folder, 'tokenizer.json'))
    ? await readUnifiedFile(join(folder, 'tokenizer.json'))
    : await readSeparateFiles(folder);
  const special = readSpecialTokens(
    config,
    await readIfThere(join(folder, 'special_tokens_map.json')),
    await readIfThere(join(folder, 'added_tokens.json')),
    model.added,
    folder,
  );
  const addedTokens = giveIds(special.tokens, model.vocabulary, folder);
  checkMerges(model.vocabulary, model.merges, new Set(addedTokens.map((token) => token.content)), model.mergesPath);
  return { ...special.roles, vocabulary: model.vocabulary, merges: model.merges, addedTokens };
}

interface ModelFiles {
  vocabulary: Map<string, number>;
  merges: Merges;
  mergesPath: string;
  added: TokenFlags[];
}

async function readSeparateFiles(folder: string): Promise<ModelFiles> {
  const vocabularyPath = join(folder, 'vocab.json');
  const mergesPath = join(folder, 'merges.txt');
  const vocabulary = readVocabulary(await readJsonObject(vocabularyPath), vocabularyPath);
  return { vocabulary, merges: readMerges(await readTextFile(mergesPath), mergesPath), mergesPath, added: [] };
}

async function readUnifiedFile(path: string): Promise<ModelFiles> {
  const file = await readJsonObject(path);
  const model = file.model as Record<string, unknown> | undefined;
  if (typeof model !== 'object' || model === null || model.end_of_word_suffix !== '</w>')
    throw new ProductError('unsupported-model', path, 'not a CLIP tokenizer', 'Use the tokenizer of the base model');
  const merges = Array.isArray(model.merges) ? model.merges : [];
  const added = Array.isArray(file.added_tokens) ? file.added_tokens : [];
  return {
    vocabulary: readVocabulary((model.vocab ?? {}) as Record<string, unknown>, path),
    merges: merges.map((pair: unknown) => readPair(Array.isArray(pair) ? pair.join(' ') : String(pair), path)),
    mergesPath: path,
    added: added.map((token: unknown) => tokenFromJson(token, path)),
  };
}

async function readIfThere(path: string): Promise<Record<string, unknown> | undefined> {
  return existsSync(path) ? readJsonObject(path) : undefined;
}

function giveIds(tokens: TokenFlags[], vocabulary: ReadonlyMap<string, number>, where: string): AddedToken[] {
  let next = vocabulary.size;
  const ids = new Map<string, number>();
  for (const { content, id: stated } of tokens) {
    const id = vocabulary.get(content) ?? ids.get(content) ?? next++;
    ids.set(content, id);
    if (stated !== undefined && stated !== id)
      throw new ProductError(
        'bad-file',
        where,
        `the token ${JSON.stringify(content)} is given the id ${stated}, but it is number ${id} here`,
        'The tokenizer is damaged: download its files again',
      );
  }
  return tokens.map(({ content, normalized, special }) => ({ content, normalized, special, id: ids.get(content)! }));
}
