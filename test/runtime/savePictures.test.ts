import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { loadAttention } from '../../native-runtime/attention/attentionFile';
import type { GenerationRequest } from '../../native-runtime/sample/generationRequest';
import { Generator } from '../../native-runtime/sample/generator';
import { readPngMetadata } from '../../native-runtime/sample/pngMetadata';
import { parseParameters } from '../../native-runtime/sample/parameters';
import { savePictures, type SavedPicture } from '../../native-runtime/sample/savePictures';
import { temporaryFolder } from '../support/temporaryFolder';
import { recordedTokens, tinyBase } from '../support/tinyBases';

const request: GenerationRequest = {
  prompt: 'photo of a <new1> cat',
  negativePrompt: 'green, table',
  seeds: [5, 6, 7],
  width: 64,
  height: 64,
  steps: 2,
  scheduler: 'dpmpp-2m-karras',
  guidanceScale: 6,
  batch: 1,
  capture: 'mean',
};

describe('saved pictures', async () => {
  const generator = await Generator.create(await tinyBase('sd1'), { tuned: await recordedTokens('sd1') });

  it('lie beside their maps and panels, say how they were made, and end in a grid', async () => {
    const folder = join(temporaryFolder(), 'samples', 'step-000100');
    const overlays = { style: 'heat', scale: 'own', tileSize: 64 } as const;
    const record = { fingerprint: 'abc', strength: 0.8 };
    const options = { folder, request, model: 'tiny', extra: { 'Delta strength': 0.8 }, record, overlays, grid: true };
    const saved = await savePictures(generator.generate(request), options);
    const each = (stem: string) => [`${stem}.attention.png`, `${stem}.attention.safetensors`, `${stem}.png`];
    const names = [...['0001-5', '0002-6', '0003-7'].flatMap(each), 'grid-0001.png'];
    expect((await readdir(folder)).sort()).toEqual(names.sort());
    expect(saved.gridPath).toBe(join(folder, 'grid-0001.png'));

    const { path, attentionPath, overlayPath } = saved.pictures[1]!;
    const metadata = await readPngMetadata(path);
    expect(metadata.record).toMatchObject({ seed: 6, scheduler: 'dpmpp-2m-karras', prompt: request.prompt, ...record });
    const { prompt, negativePrompt, fields } = parseParameters(metadata.parameters!);
    expect([prompt, negativePrompt]).toEqual([request.prompt, request.negativePrompt]);
    expect(Object.fromEntries(fields)).toMatchObject({
      Seed: '6',
      Sampler: 'DPM++ 2M Karras',
      'Delta strength': '0.8',
    });

    const maps = await loadAttention(attentionPath!);
    expect(maps.aggregate.mean).toMatchObject({ tokens: 77, height: 8, width: 8 });
    expect(maps.words.find(({ isModifier }) => isModifier)?.text).toBe('<new1>');
    // The picture and three words (photo, of, …) at least, in tiles of 64 pixels.
    expect((await sharp(overlayPath).metadata()).width).toBeGreaterThan(2 * 64);
    expect((await sharp(saved.gridPath).metadata()).width).toBeGreaterThan(2 * 128);
  });

  it('are numbered after those that are there, unless they replace them', async () => {
    const folder = temporaryFolder();
    const one = { ...request, capture: 'none' as const, seeds: [5], steps: 1 };
    await savePictures(generator.generate(one), { folder, request: one });
    await writeFile(join(folder, '0041-note.txt'), '');
    await savePictures(generator.generate(one), { folder, request: one });
    await savePictures(generator.generate(one), { folder, request: one, replace: true });
    expect((await readdir(folder)).sort()).toEqual(['0001-5.png', '0041-note.txt', '0042-5.png']);
  });

  it('stay when the rest is cancelled', async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    const seen: SavedPicture[] = [];
    const onSaved = (picture: SavedPicture) => {
      seen.push(picture);
      stop.abort();
    };
    const pictures = generator.generate(request, { signal: stop.signal });
    const attempt = savePictures(pictures, { folder, request, grid: true, onSaved });
    await expect(attempt).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.map(({ seed }) => seed)).toEqual([5]);
    expect((await readdir(folder)).sort()).toEqual(['0001-5.attention.safetensors', '0001-5.png']);
  });

  it('G4 cannot go where a file is', async () => {
    const taken = join(temporaryFolder(), 'taken');
    await writeFile(taken, '');
    for (const folder of [taken, join(taken, 'below')])
      await expect(savePictures([], { folder, request })).rejects.toMatchObject({ code: 'bad-input', where: folder });
  });
});
