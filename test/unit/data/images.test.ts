import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspectImage, loadImage, type RgbImage } from '../../../native-runtime/data/images';
import { ProductError } from '../../../src/common/errors';
import { inFolder, photo, plain } from './pictures';

const orange = '#e8823c';
const orangeRgb = [232, 130, 60];

async function load(bytes: Uint8Array, name = 'picture.jpg'): Promise<RgbImage> {
  let image: RgbImage | undefined;
  await inFolder(async (folder) => {
    await writeFile(join(folder, name), bytes);
    image = await loadImage(join(folder, name));
  });
  return image!;
}

async function refusal(bytes: Uint8Array, name?: string): Promise<ProductError> {
  const error = await load(bytes, name).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ProductError);
  return error as ProductError;
}

function expectColour(image: RgbImage, colour: readonly number[], within: number): void {
  const middle = 3 * (Math.floor(image.height / 2) * image.width + Math.floor(image.width / 2));
  expect(image.data.length).toBe(image.width * image.height * 3);
  colour.forEach((value, c) => expect(Math.abs(image.data[middle + c]! - value)).toBeLessThanOrEqual(within));
}

/** A PNG made of the given chunks, with right checksums missing on purpose: the header alone decides here. */
function pngHeader(width: number, height: number, ...more: Buffer[]): Buffer {
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(width, 0);
  ihdr.writeUInt32BE(height, 4);
  ihdr.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', ihdr), ...more]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('formats', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)('%s is read whatever its name', async (format) => {
    const bytes = await plain(64, 48, orange).toFormat(format, { quality: 95 }).toBuffer();
    const image = await load(bytes, 'picture.bin');
    expect([image.width, image.height]).toEqual([64, 48]);
    expectColour(image, orangeRgb, 3);
  });

  it.each<[string, () => Promise<Buffer>, number[], number]>([
    [
      'C6 CMYK JPEG with the inverting Adobe marker',
      () => plain(64, 64, orange).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
      orangeRgb,
      30,
    ],
    ['C6 CMYK TIFF', () => plain(64, 64, orange).toColourspace('cmyk').tiff().toBuffer(), orangeRgb, 30],
    ['C7 16-bit PNG', () => plain(64, 64, orange).toColourspace('rgb16').png().toBuffer(), orangeRgb, 1],
    ['C7 16-bit grey PNG', () => plain(64, 64, '#808080').toColourspace('grey16').png().toBuffer(), [128, 128, 128], 1],
    ['C7 palette PNG', () => plain(64, 64, orange).png({ palette: true }).toBuffer(), orangeRgb, 2],
    [
      'C7 1-bit PNG',
      () => plain(64, 64, '#ffffff').toColourspace('b-w').png({ palette: true, colours: 2 }).toBuffer(),
      [255, 255, 255],
      0,
    ],
    [
      'C7 transparent PNG becomes white',
      () => plain(64, 64, orange).ensureAlpha(0).png().toBuffer(),
      [255, 255, 255],
      0,
    ],
    [
      'C7 half transparent grey',
      () => plain(64, 64, '#404040').greyscale().ensureAlpha(0.5).png().toBuffer(),
      [160, 160, 160],
      2,
    ],
    ['C13 wide gamut', () => plain(64, 64, orange).withIccProfile('p3').jpeg({ quality: 95 }).toBuffer(), orangeRgb, 3],
  ])('%s', async (_name, make, colour, within) => expectColour(await load(await make()), colour, within));

  it('C8 the first frame of an animation is used, with a notice', async () => {
    const frames = await Promise.all([orange, '#0000ff'].map((c) => plain(64, 64, c).png().toBuffer()));
    const animated = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    expectColour(await load(animated), orangeRgb, 1);
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'a.webp'), animated);
      const info = await inspectImage(join(folder, 'a.webp'));
      expect(info).toMatchObject({ format: 'webp', width: 64, height: 64 });
      expect(info.notices.join()).toContain('first is used');
    });
  });

  it('C8 animated PNG is noticed', async () => {
    const png = await plain(64, 64, orange).png().toBuffer();
    const animated = Buffer.concat([
      png.subarray(0, 33),
      chunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])),
      png.subarray(33),
    ]);
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'a.png'), animated);
      expect((await inspectImage(join(folder, 'a.png'))).notices.join()).toContain('first is used');
    });
  });
});

describe('orientation', () => {
  it('C10 all eight EXIF orientations give the same upright picture', async () => {
    const upright = await photo(64, 48).removeAlpha().raw().toBuffer();
    const source = () => sharp(upright, { raw: { width: 64, height: 48, channels: 3 } });
    // What a camera stores so that each orientation shows the upright picture.
    const stored = [
      source(),
      source().flop(),
      source().rotate(180),
      source().flip(),
      sharp(await source().rotate(90).png().toBuffer()).flop(),
      source().rotate(-90),
      sharp(await source().rotate(-90).png().toBuffer()).flop(),
      source().rotate(90),
    ];
    for (const [i, picture] of stored.entries()) {
      const bytes = await picture
        .withMetadata({ orientation: i + 1 })
        .tiff({ compression: 'lzw' })
        .toBuffer();
      const image = await load(bytes);
      expect([i + 1, image.width, image.height]).toEqual([i + 1, 64, 48]);
      expect(Buffer.compare(Buffer.from(image.data), upright)).toBe(0);
    }
  });

  it.each([
    ['C11 EXIF with an entry count of 65,535', 8, 0xffff],
    ['C11 EXIF whose directory is beyond the end', 4, 0xf0],
  ])('%s', async (_name, offset, value) => {
    const jpeg = await plain(64, 64, orange)
      .withExif({ IFD0: { Copyright: 'somebody' } })
      .jpeg({ quality: 95 })
      .toBuffer();
    const tiff = jpeg.indexOf('Exif\0\0') + 6;
    jpeg.writeUInt16LE(value, tiff + offset);
    expectColour(await load(jpeg), orangeRgb, 3);
  });
});

describe('refused pictures', () => {
  const noise = (format: 'jpeg' | 'png' | 'webp' | 'tiff') => photo(200, 200).toFormat(format).toBuffer();
  const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(100)]);
  const svg =
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>';
  // A TIFF header, one entry: DNGVersion.
  const dng = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0xc6, 1, 0, 4, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0]);
  it.each<[string, () => Promise<Uint8Array> | Uint8Array, string]>([
    ['C1 empty file', () => new Uint8Array(0), 'empty (0 bytes)'],
    ['C2 PDF named .jpg', () => Buffer.from('%PDF-1.7 something'), 'a PDF document'],
    ['C2 web page named .jpg', () => Buffer.from('<!DOCTYPE html><html></html>'), 'a web page'],
    ['C2 ZIP named .jpg', () => Buffer.from('PK\x03\x04rest'), 'a ZIP archive'],
    ['C2 text named .jpg', () => Buffer.from('hello'), 'not a picture'],
    ['C3 half a JPEG', async () => half(await noise('jpeg')), 'damaged or cut short'],
    ['C3 JPEG without its last bytes', async () => (await noise('jpeg')).subarray(0, -40), 'damaged or cut short'],
    ['C3 half a PNG', async () => half(await noise('png')), 'damaged or cut short'],
    ['C3 half a WebP', async () => half(await noise('webp')), 'damaged or cut short'],
    ['C3 half a TIFF', async () => half(await noise('tiff')), 'damaged or cut short'],
    [
      'C4 PNG of 30000×30000',
      () => pngHeader(30000, 30000, chunk('IDAT', deflateSync(Buffer.alloc(1000)))),
      '30000×30000 pixels are too many',
    ],
    ['C5 PNG with a header and no data', () => pngHeader(5000, 5000), 'damaged or cut short'],
    ['C8 GIF', async () => plain(64, 64, orange).gif().toBuffer(), 'a GIF picture'],
    ['C9 HEIC', () => heic, 'a HEIC picture. Convert it to JPEG or PNG'],
    ['C9 SVG with an external entity', () => Buffer.from(svg), 'an SVG drawing. Convert it'],
    ['C9 DNG', () => dng, 'a camera raw file. Convert it'],
    ['C9 Fuji raw', () => Buffer.from('FUJIFILMCCD-RAW 0201'), 'a camera raw file'],
  ])('%s', async (_name, make, message) => {
    const error = await refusal(await make());
    expect(error.code).toBe('bad-image');
    expect(error.message).toContain(message);
    expect(error.where).toMatch(/picture\.jpg$/);
  });

  it('C5 compressed bomb in a text chunk', async () => {
    const bomb = chunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(64 << 20))]));
    const before = process.memoryUsage().rss;
    const png = await plain(64, 64, orange).png().toBuffer();
    const bytes = Buffer.concat([png.subarray(0, 33), bomb, png.subarray(33)]);
    await load(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(ProductError));
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  });

  it('a missing file and a folder are named', async () => {
    await expect(loadImage('/no/such/picture.jpg')).rejects.toMatchObject({ code: 'not-found' });
    await inFolder(async (folder) => {
      await expect(inspectImage(folder)).rejects.toThrow(/not a regular file/);
    });
  });
});

function half(bytes: Buffer): Uint8Array {
  return bytes.subarray(0, bytes.length >> 1);
}
