import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProductError } from '../../../src/common/errors';
import { ClipTokenizer } from '../../../native-runtime/tokenizer/clipTokenizer';
import { requireModifiersFit, requireModifiersPresent } from '../../../native-runtime/tokenizer/promptChecks';

const clipFolder = join(__dirname, '../../../media/clip-tokenizer');
const sd2Folder = join(__dirname, '../../fixtures/sd2/base/tokenizer');
let clip: ClipTokenizer;

beforeAll(async () => {
  clip = await ClipTokenizer.load(clipFolder);
  clip.addToken('<new1>');
  clip.addToken('<new10>');
});

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProductError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe("CLIP's vocabulary", () => {
  it('has 49408 entries with the published ids', async () => {
    const fresh = await ClipTokenizer.load(clipFolder);
    expect(fresh.vocabularySize).toBe(49408);
    expect(fresh.encode('a photo of a cat').ids.slice(0, 8)).toEqual([49406, 320, 1125, 539, 320, 2368, 49407, 49407]);
    expect(['<|startoftext|>', '<|endoftext|>', 'ktn'].map((piece) => fresh.idOf(piece))).toEqual([
      49406, 49407, 42170,
    ]);
    expect(fresh.addToken('<new1>')).toBe(49408);
    expect(fresh.vocabularySize).toBe(49409);
  });
});

describe('initialisers', () => {
  it.each([
    ['cat', [2368]],
    ['Cat', [2368]],
    ['ktn', [42170]],
    ['pll', [47629]],
    ['ucd', [44746]],
    ['golden retriever', [3878, 28394]],
  ])('%s resolves to %j', (word, ids) => expect(clip.resolveInitialiser(word)).toEqual(ids));

  it.each(['labradoodle', 'xylophones', '', ' ', "cat's", '<new1>', '42', 'a  zzzqqq'])(
    'D9 %j is refused: it is not one whole word of the vocabulary',
    (word) => expect(codeOf(() => clip.resolveInitialiser(word))).toBe('bad-token'),
  );
});

describe('prompts', () => {
  it('D4 a prompt of 500 tokens is truncated to 77 and says so', () => {
    const { ids, tokenCount, truncated } = clip.encode('cat '.repeat(500));
    expect([ids.length, ids[75], ids[76], tokenCount, truncated]).toEqual([77, 2368, 49407, 500, true]);
    expect(clip.encode('cat '.repeat(75))).toMatchObject({ tokenCount: 75, truncated: false });
  });

  it('D4 a modifier token beyond position 75 is refused', () => {
    expect(codeOf(() => requireModifiersFit(clip, `${'cat '.repeat(75)}<new1>`, 'prompt'))).toBe('bad-token');
    expect(codeOf(() => requireModifiersFit(clip, `${'cat '.repeat(74)}<new1>`, 'prompt'))).toBe('accepted');
    expect(codeOf(() => requireModifiersFit(clip, `${'cat '.repeat(75)}<NEW1>`, 'prompt'))).toBe('bad-token');
  });

  it.each(['', ' \t\n', '<new1>'])('D5 %j has defined ids', (text) => {
    const { ids, tokenCount } = clip.encode(text);
    const expected = text === '<new1>' ? [49408] : [];
    expect(ids.slice(0, 2 + tokenCount)).toEqual([49406, ...expected, 49407]);
  });

  it('D6 a modifier token absent from the instance prompt is refused', () => {
    expect(codeOf(() => requireModifiersPresent(clip, 'photo of a <NEW1> cat', ['<new1>'], 'concept'))).toBe(
      'accepted',
    );
    expect(codeOf(() => requireModifiersPresent(clip, 'photo of a cat', ['<new1>'], 'concept'))).toBe('bad-token');
    expect(codeOf(() => requireModifiersPresent(clip, 'a <new10> cat', ['<new1>'], 'concept'))).toBe('bad-token');
  });

  it.each([
    ['D7 a vocabulary word', 'cat'],
    ['D7 a vocabulary word in capitals', 'CAT'],
    ['D7 a vocabulary piece', 'cat</w>'],
    ['D7 a fragment', 'ktn'],
    ['D7 another concept', '<new1>'],
    ['D7 another concept, found by the same text', '<NEW1>'],
    ['D7 a special token', '<|endoftext|>'],
    ['D7 an empty token', ''],
    ['D7 a token of several words', '<new cat>'],
    ['D7 a token with an invisible character', '<new\u200b2>'],
  ])('%s is refused as a modifier token', (_, token) => expect(codeOf(() => clip.addToken(token))).toBe('bad-token'));

  it.each([
    ['<new10> cat', ['<new10>', 'cat</w>']],
    ['a<new1>0', ['a</w>', '<new1>', '0</w>']],
    ['<NEW1>,', ['<new1>', ',</w>']],
    ['x<new1>y', ['x</w>', '<new1>', 'y</w>']],
  ])('D8 modifier tokens in %j are found', (text, pieces) => expect(clip.pieces(text)).toEqual(pieces));

  it('D8 of two tokens that begin alike the longer one is taken', async () => {
    const tokenizer = await ClipTokenizer.load(sd2Folder);
    ['mytok', 'mytok2'].forEach((token) => tokenizer.addToken(token));
    expect(tokenizer.pieces('mytok2 mytok')).toEqual(['mytok2', 'mytok']);
  });

  it('D11 lone surrogates become U+FFFD', () =>
    expect(clip.encode('a \ud83d cat\udc08').ids).toEqual(clip.encode('a \ufffd cat\ufffd').ids));

  it('words carry their positions, and modifiers are marked', () => {
    expect(clip.words("a <new1> Xylophonist's cat")).toEqual([
      { text: 'a', positions: [1], ids: [320], isModifier: false },
      { text: '<new1>', positions: [2], ids: [49408], isModifier: true },
      {
        text: 'xylophonist',
        positions: [3, 4, 5, 6],
        ids: clip.encode('xylophonist').ids.slice(1, 5),
        isModifier: false,
      },
      { text: "'s", positions: [7], ids: [568], isModifier: false },
      { text: 'cat', positions: [8], ids: [2368], isModifier: false },
    ]);
  });

  it('a word at the end of the 77 positions keeps what fits; later words are left out', () => {
    const words = clip.words(`${'cat '.repeat(74)}xylophonist dog`);
    expect(words.at(-1)).toMatchObject({ text: 'xylophonist', positions: [75] });
    expect(words.flatMap((word) => word.ids)).toEqual(clip.encode(`${'cat '.repeat(74)}xylophonist`).ids.slice(1, 76));
  });
});

describe('tokenizer folders', () => {
  let folder: string;
  const files = ['vocab.json', 'merges.txt', 'tokenizer_config.json', 'special_tokens_map.json'];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function copyWith(changed: string, change: (text: string) => string): Promise<void> {
    for (const file of files) {
      const text = await readFile(join(sd2Folder, file), 'utf8');
      await writeFile(join(folder, file), file === changed ? change(text) : text);
    }
  }
  const edit = (change: (vocabulary: Record<string, unknown>) => void) => (text: string) => {
    const vocabulary = JSON.parse(text) as Record<string, unknown>;
    change(vocabulary);
    return JSON.stringify(vocabulary);
  };

  it.each<[string, string, (text: string) => string]>([
    ['a duplicate id', 'vocab.json', edit((v) => (v['cat</w>'] = v['dog</w>']))],
    ['a gap in the ids', 'vocab.json', edit((v) => (v['cat</w>'] = 100_000))],
    ['a fractional id', 'vocab.json', edit((v) => (v['cat</w>'] = 580.5))],
    ['an id that is text', 'vocab.json', edit((v) => (v['cat</w>'] = '580'))],
    ['a missing piece', 'vocab.json', edit((v) => delete v['cat</w>'])],
    ['an empty vocabulary', 'vocab.json', () => '{}'],
    ['a list for a vocabulary', 'vocab.json', () => '[]'],
    ['text that is not JSON', 'vocab.json', (text) => text.slice(0, 1000)],
    ['a missing merge', 'merges.txt', (text) => text.split('\n').toSpliced(20, 1).join('\n')],
    ['merges cut short', 'merges.txt', (text) => text.slice(0, 700)],
    ['a merge of three pieces', 'merges.txt', (text) => text.replace('i n\n', 'i n g\n')],
    ['a merge given twice', 'merges.txt', (text) => `${text}\ni n`],
    ['a merge of unknown pieces', 'merges.txt', (text) => `${text}\nqqq zzz`],
    ['an empty line among the merges', 'merges.txt', (text) => text.replace('i n\n', 'i n\n\n')],
    ['a special token without content', 'special_tokens_map.json', () => '{"bos_token": {"lstrip": false}}'],
  ])('D12 %s is refused', async (_, file, change) => {
    await copyWith(file, change);
    await expect(ClipTokenizer.load(folder)).rejects.toMatchObject({ name: 'ProductError', code: 'bad-file' });
  });

  it('D12 merges that are not UTF-8 and a missing file are refused', async () => {
    await copyWith('', String);
    await writeFile(join(folder, 'merges.txt'), Buffer.from([0x69, 0x20, 0xff]));
    await expect(ClipTokenizer.load(folder)).rejects.toMatchObject({ code: 'bad-file' });
    await rm(join(folder, 'merges.txt'));
    await expect(ClipTokenizer.load(folder)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('line ends of Windows and a final line end change nothing', async () => {
    await copyWith('merges.txt', (text) => `${text.trimEnd().replaceAll('\n', '\r\n')}\r\n`);
    const original = await ClipTokenizer.load(sd2Folder);
    const copy = await ClipTokenizer.load(folder);
    expect(copy.encode('painting of a rabbit')).toEqual(original.encode('painting of a rabbit'));
  });

  it('pads with EOS when the configuration names no pad token', async () => {
    await copyWith('special_tokens_map.json', () => '{}');
    await writeFile(join(folder, 'tokenizer_config.json'), '{}');
    expect((await ClipTokenizer.load(folder)).encode('a').ids.slice(1, 4)).toEqual([320, 684, 684]);
  });

  it('reads tokenizer.json, the form newer tools write, with tokens added to it', async () => {
    const vocab = JSON.parse(await readFile(join(sd2Folder, 'vocab.json'), 'utf8')) as Record<string, number>;
    const merges = (await readFile(join(sd2Folder, 'merges.txt'), 'utf8')).trim().split('\n').slice(1);
    const added = { single_word: false, lstrip: false, rstrip: false };
    const unified = {
      added_tokens: [
        { id: 0, content: '!', normalized: false, special: true, ...added },
        { id: 683, content: '<|startoftext|>', normalized: true, special: true, ...added },
        { id: 684, content: '<|endoftext|>', normalized: true, special: true, ...added },
        { id: 685, content: '<new1>', normalized: true, special: false, ...added },
      ],
      model: { type: 'BPE', end_of_word_suffix: '</w>', vocab, merges: merges.map((pair) => pair.split(' ')) },
    };
    for (const file of files) await rm(join(folder, file), { force: true });
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(unified));
    await writeFile(join(folder, 'tokenizer_config.json'), '{"pad_token": "!"}');
    const copy = await ClipTokenizer.load(folder);
    const original = await ClipTokenizer.load(sd2Folder);
    original.addToken('<new1>');
    expect(copy.encode('a <new1> cat!')).toEqual(original.encode('a <new1> cat!'));
    expect(copy.modifierTokens).toEqual(['<new1>']);
    expect(copy.addToken('<new2>')).toBe(686);
    await rm(join(folder, 'tokenizer.json'));
  });
});
