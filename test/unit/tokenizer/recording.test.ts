import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClipTokenizer } from '../../../native-runtime/tokenizer/clipTokenizer';

const fixtures = join(__dirname, '../../fixtures');

interface RecordedCase {
  tokenizer: 0 | 1;
  text: string;
  ids: number[];
  pieces: string[];
}

describe.each(['sd1', 'sd2', 'sdxl'])('tokens of %s equal the recording', async (name) => {
  const recording = JSON.parse(await readFile(join(fixtures, name, 'tokenizer.json'), 'utf8')) as {
    added: string[];
    cases: RecordedCase[];
  };
  const load = async (folder: string) => {
    const tokenizer = await ClipTokenizer.load(join(fixtures, name, 'base', folder));
    recording.added.forEach((token) => tokenizer.addToken(token));
    return tokenizer;
  };
  const tokenizers = [await load('tokenizer'), name === 'sdxl' ? await load('tokenizer_2') : undefined];

  it.each(recording.cases)('tokenizer $tokenizer: $text', ({ tokenizer: index, text, ids, pieces }) => {
    const tokenizer = tokenizers[index]!;
    expect(tokenizer.encode(text).ids).toEqual(ids);
    expect(tokenizer.pieces(text).slice(0, 75)).toEqual(pieces);
  });
});

describe('D11 any Unicode text has the ids of the reference', async () => {
  const recording = JSON.parse(await readFile(join(fixtures, 'tokenizer/unicode.json'), 'utf8')) as {
    added: string[];
    cases: Array<[string, string, number[]]>;
  };
  const folders: Record<string, string> = {
    sd1: join(fixtures, 'sd1/base/tokenizer'),
    sd2: join(fixtures, 'sd2/base/tokenizer'),
    clip: join(__dirname, '../../../media/clip-tokenizer'),
  };

  it.each(Object.keys(folders))('with the tokenizer %s', async (name) => {
    const tokenizer = await ClipTokenizer.load(folders[name]!);
    recording.added.forEach((token) => tokenizer.addToken(token));
    const cases = recording.cases.filter(([folder]) => folder === name);
    expect(cases.length).toBeGreaterThan(100);
    for (const [, text, ids] of cases) {
      const { ids: ours, tokenCount } = tokenizer.encode(text);
      expect(ours.slice(1, 1 + Math.min(75, tokenCount)), JSON.stringify(text)).toEqual(ids);
    }
  });
});
