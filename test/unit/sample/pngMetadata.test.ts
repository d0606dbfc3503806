import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationParameters } from '../../../native-runtime/sample/parameters';
import { encodePng, savePicture, type RgbImage } from '../../../native-runtime/sample/png';
import { crc32, insertAfterHeader, pngChunk } from '../../../native-runtime/sample/pngChunks';
import { MAX_TEXT_BYTES, readPngMetadata } from '../../../native-runtime/sample/pngMetadata';

const parameters: GenerationParameters = {
  prompt: 'photo of a <new1> cat',
  negativePrompt: 'blurry',
  steps: 25,
  sampler: 'DDIM',
  guidanceScale: 6,
  seed: 1,
  width: 5,
  height: 3,
};

const picture: RgbImage = { width: 5, height: 3, data: Uint8Array.from({ length: 45 }, (_, i) => (i * 37) % 256) };

let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'png-metadata-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function saved(name: string, prompt: string, record: Record<string, unknown> = {}): Promise<string> {
  await savePicture(at(name), picture, { parameters: { ...parameters, prompt }, record });
  return at(name);
}

async function withChunks(name: string, ...chunks: Uint8Array[]): Promise<string> {
  await writeFile(at(name), insertAfterHeader(await encodePng(picture), chunks));
  return at(name);
}

describe('pictures on disk', () => {
  it('keep every pixel, and another decoder reads them', async () => {
    const path = await saved('pixels.png', 'a');
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([5, 3, 3]);
    expect(Uint8Array.from(data)).toEqual(picture.data);
  });

  it('carry the A1111 text and the record', async () => {
    const record = { run: 'cat', deltaHash: 'abc', strength: 0.8, nested: { words: ['<new1>'] } };
    const found = await readPngMetadata(await saved('both.png', 'photo of a <new1> cat', record));
    expect(found.parameters).toBe(
      'photo of a <new1> cat\nNegative prompt: blurry\nSteps: 25, Sampler: DDIM, CFG scale: 6, Seed: 1, Size: 5x3',
    );
    expect(found.record).toEqual(record);
    expect([found.width, found.height, found.skipped]).toEqual([5, 3, []]);
  });

  it.each([
    ['Latin-1 text goes into tEXt', 'café', 'tEXt'],
    ['other text goes into iTXt', '猫 on the beach 🐈', 'iTXt'],
  ])('%s', async (_, prompt, type) => {
    const path = await saved('kind.png', prompt);
    const bytes = await readFile(path);
    expect(bytes.indexOf(`${type}parameters\0`, 0, 'latin1')).toBe(37);
    expect((await readPngMetadata(path)).parameters?.split('\n')[0]).toBe(prompt);
  });

  it('have the CRC that the PNG specification gives for IEND', () => {
    expect(crc32(Buffer.from('IEND'))).toBe(0xae426082);
  });

  it('G15 a write that fails leaves no half picture and no temporary file', async () => {
    const path = join(folder, 'missing', 'x.png');
    await expect(savePicture(path, picture, { parameters, record: {} })).rejects.toThrow();
    const broken: RgbImage = { ...picture, data: new Uint8Array(3) };
    await expect(savePicture(at('broken.png'), broken, { parameters, record: {} })).rejects.toThrow(/3 bytes/);
    expect((await readdir(folder)).filter((name) => /broken|missing|tmp/.test(name))).toEqual([]);
  });
});

describe('D17 hostile text in metadata', () => {
  it.each([
    '<script>alert(1)</script>',
    '${process.exit()} [x](command:evil) "quoted" </svg>',
    'line\nbreak, Steps: 1, Seed: 2',
    '\u202eright to left\u0007',
  ])('stays text: %j', async (prompt) => {
    const found = await readPngMetadata(await saved('hostile.png', prompt, { prompt }));
    expect(found.parameters?.startsWith(prompt)).toBe(true);
    expect(found.record).toEqual({ prompt });
  });

  it('an overlong prompt is shortened in both entries', async () => {
    const prompt = 'x'.repeat(3_000_000);
    const found = await readPngMetadata(await saved('long.png', prompt, { prompt }));
    expect(found.parameters!.length).toBeLessThan(17_000);
    expect((found.record!.prompt as string).length).toBe(32_768);
    expect(found.record!.prompt).toMatch(/x\.\.\.$/);
  });

  it('a record larger than 1 MiB is refused before anything is written', async () => {
    const record = { list: Array.from({ length: 100 }, () => 'y'.repeat(20_000)) };
    await expect(saved('huge.png', 'a', record)).rejects.toMatchObject({ code: 'bad-input' });
    expect(await readdir(folder)).not.toContain('huge.png');
  });

  it('a NUL character cannot end an entry early', async () => {
    const found = await readPngMetadata(await saved('nul.png', 'a\0b', { prompt: 'a\0b' }));
    expect(found.parameters?.startsWith('ab\n')).toBe(true);
    expect(found.record).toEqual({ prompt: 'a\0b' });
  });
});

describe('reading pictures of strangers', () => {
  const itxt = (text: string) => pngChunk('iTXt', Buffer.from(`custom-diffusion\0\0\0\0\0${text}`));

  it.each([
    [
      'an entry larger than the cap',
      pngChunk('tEXt', Buffer.concat([Buffer.from('parameters\0'), Buffer.alloc(2 * MAX_TEXT_BYTES, 97)])),
    ],
    [
      'a compressed entry that unpacks past the cap',
      pngChunk('zTXt', Buffer.concat([Buffer.from('parameters\0\0'), deflateSync(Buffer.alloc(50 * MAX_TEXT_BYTES))])),
    ],
    [
      'a wrong CRC',
      Buffer.concat([pngChunk('tEXt', Buffer.from('parameters\0text')).subarray(0, -1), Buffer.from([1])]),
    ],
    ['no keyword', pngChunk('tEXt', Buffer.from('\0text'))],
    ['an iTXt without its fields', pngChunk('iTXt', Buffer.from('parameters\0\0\0'))],
    ['damaged compression', pngChunk('zTXt', Buffer.from('parameters\0\0nonsense'))],
  ])('skips %s and reads the rest', async (_, chunk) => {
    const found = await readPngMetadata(await withChunks('strange.png', chunk, itxt('{"run":"cat"}')));
    expect(found.parameters).toBeUndefined();
    expect(found.skipped).toHaveLength(1);
    expect(found.record).toEqual({ run: 'cat' });
  });

  it('reads compressed entries of other programs', async () => {
    const ztxt = pngChunk('zTXt', Buffer.concat([Buffer.from('parameters\0\0'), deflateSync(Buffer.from('a cat'))]));
    expect((await readPngMetadata(await withChunks('z.png', ztxt))).parameters).toBe('a cat');
  });

  it.each(['[1]', '"text"', '{', '['.repeat(100_000), 'null'])(
    'a record that is no JSON object is left out (%#)',
    async (text) => {
      const found = await readPngMetadata(await withChunks('record.png', itxt(text)));
      expect(found.record).toBeUndefined();
      expect(found.text.get('custom-diffusion')).toBe(text);
    },
  );

  it('keeps at most 64 entries', async () => {
    const chunks = Array.from({ length: 500 }, (_, i) => pngChunk('tEXt', Buffer.from(`k${i}\0v`)));
    const found = await readPngMetadata(await withChunks('many.png', ...chunks));
    expect([found.text.size, found.skipped.length]).toEqual([64, 64]);
  });

  it('a file that ends early gives what was there', async () => {
    const bytes = await readFile(await withChunks('cut.png', itxt('{"a":1}'), itxt('{"b":1}')));
    await writeFile(at('cut.png'), bytes.subarray(0, 33 + 12 + 28 + 20));
    expect((await readPngMetadata(at('cut.png'))).record).toEqual({ a: 1 });
  });

  it.each([
    ['no PNG', Buffer.from('GIF89a and more than thirty-three bytes of it'), 'bad-image'],
    ['an empty file', Buffer.alloc(0), 'bad-image'],
  ])('refuses %s', async (_, bytes, code) => {
    await writeFile(at('other.png'), bytes);
    await expect(readPngMetadata(at('other.png'))).rejects.toMatchObject({ code, where: at('other.png') });
  });

  it('refuses a missing file and a folder', async () => {
    await expect(readPngMetadata(at('none.png'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(readPngMetadata(folder)).rejects.toMatchObject({ code: 'bad-file' });
  });
});
