import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { worldWords } from '../../../native-runtime/pocket/world/lexicon';
import { pocketVocabulary, writePocketTokenizer } from '../../../native-runtime/pocket/world/pocketTokenizer';
import { ClipTokenizer } from '../../../native-runtime/tokenizer/clipTokenizer';

let folder: string;
let tokenizer: ClipTokenizer;
let size: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pocket-tokenizer-'));
  size = await writePocketTokenizer(folder);
  tokenizer = await ClipTokenizer.load(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the pocket tokenizer', () => {
  it('has each word of the world as one piece', () => {
    for (const word of worldWords) expect(tokenizer.pieces(word), word).toEqual([`${word}</w>`]);
  });

  it('has the default initialisers as pieces inside a word and at its end', () => {
    for (const fragment of ['ktn', 'pll', 'ucd']) {
      expect(tokenizer.idOf(fragment)).toBeDefined();
      expect(tokenizer.pieces(fragment)).toEqual([`${fragment}</w>`]);
      expect(tokenizer.pieces(`${fragment}zz`)[0]).toBe(fragment);
    }
  });

  it('is laid out as every CLIP vocabulary is', () => {
    const { pieces, merges } = pocketVocabulary();
    expect(pieces.length).toBe(size);
    expect(new Set(pieces).size).toBe(size);
    expect(pieces.slice(0, 3)).toEqual(['!', '"', '#']);
    expect(pieces[256]).toBe('!</w>');
    expect(pieces[512]).toBe(merges[0]!.join(''));
    expect(pieces.slice(-2)).toEqual(['<|startoftext|>', '<|endoftext|>']);
  });

  it('encodes the prompts of the study, and pads with the end token', () => {
    const prompt = 'the <new2> dog, and the <new1> cat, two different animals';
    const [one, two] = [tokenizer.addToken('<new1>'), tokenizer.addToken('<new2>')];
    const { ids, tokenCount } = tokenizer.encode(prompt);
    expect(tokenCount).toBe(12);
    expect(ids).toContain(one);
    expect(ids).toContain(two);
    expect(ids[0]).toBe(size - 2);
    expect(ids.slice(13)).toEqual(Array.from({ length: 64 }, () => size - 1));
  });

  it('encodes any other text from its bytes', () => {
    expect(tokenizer.pieces('Zürich').join('').endsWith('</w>')).toBe(true);
    expect(tokenizer.encode('Zürich').ids).not.toContain(undefined);
  });
});
