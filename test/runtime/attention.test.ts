import sharp from 'sharp';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainPicture, nativeSize } from '../../native-runtime/attention/explainPicture';
import { capturedAttention, type CaptureLevel } from '../../native-runtime/attention/capture';
import type { AttentionMaps } from '../../native-runtime/attention/aggregate';
import { wordMaps } from '../../src/common/attention/words';
import type { GenerationRequest } from '../../native-runtime/sample/generationRequest';
import { Generator } from '../../native-runtime/sample/generator';
import type { RgbImage } from '../../native-runtime/sample/png';
import { temporaryFolder } from '../support/temporaryFolder';
import { recorded, recordedTokens, relativeError, tinyBase, tinyFamilies } from '../support/tinyBases';

const request: GenerationRequest = {
  prompt: 'photo of a <new1> cat and a <new2> dog',
  seeds: [1, 2, 3],
  width: 128,
  height: 64,
  steps: 3,
  scheduler: 'ddim',
  guidanceScale: 5,
  batch: 2,
};

async function explainedBy(family: string, capture: CaptureLevel, changes: Partial<GenerationRequest> = {}) {
  const generator = await Generator.create(await tinyBase(family), { tuned: await recordedTokens(family) });
  const pictures = [];
  for await (const picture of generator.generate({ ...request, capture, ...changes })) pictures.push(picture);
  await generator.release();
  return pictures;
}

/** Largest distance from 1 of the sum over all positions, at any pixel. */
function worstSum({ tokens, height, width, data }: AttentionMaps): number {
  let worst = 0;
  for (let pixel = 0; pixel < height * width; pixel++) {
    let sum = 0;
    for (let token = 0; token < tokens; token++) sum += data[token * height * width + pixel]!;
    worst = Math.max(worst, Math.abs(sum - 1));
  }
  return worst;
}

const noisePicture = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7919) % 251),
});

describe.each(tinyFamilies)('attention of %s', (family) => {
  it('leaves the graph as the recorded maps, averaged over heads', async () => {
    const tensors = await recorded(family, 'unet');
    const generator = await Generator.create(await tinyBase(family), { tuned: await recordedTokens(family) });
    const text = await Promise.all(
      ['photo of a <new1> cat', 'photo of a <new2> dog'].map((p) =>
        generator.model.encodePrompt(p, generator.tunedFeeds),
      ),
    );
    const sample = tensors.get('sample')!;
    const [, , height, width] = sample.shape as [number, number, number, number];
    const row = sample.data.length / 2;
    for (const i of [0, 1]) {
      // The row in question stands second, as the conditional row does under guidance.
      const own = (sample.data as Float32Array).subarray(i * row, (i + 1) * row);
      const both = Float32Array.of(...own, ...own);
      const shape = { rows: 2, height, width, captureFrom: 1 };
      const timestep = Number(tensors.get('timestep')!.data[i]);
      const { results, layers } = await generator.model.predict(
        shape,
        both,
        timestep,
        [text[1 - i]!, text[i]!],
        generator.tunedFeeds,
      );
      const names = [...tensors.keys()].filter((name) => name.startsWith('attention.') && !name.includes('mid_block'));
      expect(layers.map(({ layer }) => `attention.${layer}`).sort()).toEqual(names.sort());
      for (const { layer, probabilities, heads, height: h, width: w } of capturedAttention(results, layers)) {
        const expected = tensors.get(`attention.${layer}`)!;
        expect(expected.shape.slice(1)).toEqual([heads, h! * w!, 77]);
        const values = headMean(expected.data as Float32Array, i, heads!, h! * w! * 77);
        expect(relativeError(probabilities.data as Float32Array, values)).toBeLessThan(1e-5);
      }
    }
    await generator.release();
  });

  it('adds up to one over the 77 positions at every pixel of every layer', async () => {
    const [picture] = await explainedBy(family, 'perLayer', { seeds: [1] });
    const { mean, perLayer, steps } = picture!.attention!;
    expect(steps).toBe(3);
    expect(mean).toMatchObject({ tokens: 77, height: 8, width: 16 });
    expect(perLayer.size).toBeGreaterThan(4);
    for (const maps of perLayer.values()) expect(worstSum(maps)).toBeLessThan(1e-5);
    // Clamped undershoots of the enlargement are all that is lost in the mean.
    expect(worstSum(mean)).toBeLessThan(1e-2);
  });
});

function headMean(values: Float32Array, row: number, heads: number, size: number): Float32Array {
  const mean = new Float32Array(size);
  for (let head = 0; head < heads; head++)
    for (let i = 0; i < size; i++) mean[i]! += values[(row * heads + head) * size + i]! / heads;
  return mean;
}

describe('maps of generated pictures', () => {
  it('are each picture’s own, whatever its batch', async () => {
    const together = await explainedBy('sd1', 'mean', { batch: 3 });
    const alone = await explainedBy('sd1', 'mean', { batch: 1 });
    together.forEach(({ attention }, i) =>
      expect(relativeError(attention!.mean.data, alone[i]!.attention!.mean.data)).toBeLessThan(1e-5),
    );
    expect(together[0]!.attention!.mean.data).not.toEqual(together[1]!.attention!.mean.data);
  });

  it('are kept per step on request, their mean the whole', async () => {
    const [picture] = await explainedBy('sd2', 'perStep', { seeds: [4] });
    const { mean, perStep, perLayer } = picture!.attention!;
    expect([perStep.length, perLayer.size]).toEqual([3, 0]);
    const average = mean.data.map((_, i) => perStep.reduce((sum, step) => sum + step.data[i]!, 0) / 3);
    expect(relativeError(average, mean.data)).toBeLessThan(1e-2);
  });

  it('know the words of the prompt, learned tokens and the rest of the 77 positions', async () => {
    const [picture] = await explainedBy('sdxl', 'mean', { seeds: [1] });
    const { words, attention } = picture!;
    expect(words.filter(({ isModifier }) => isModifier).map(({ text }) => text)).toEqual(['<new1>', '<new2>']);
    expect(words.flatMap(({ positions }) => positions)).toEqual(Array.from({ length: 77 }, (_, i) => i));
    expect(wordMaps(attention!.mean, words)).toHaveLength(words.length);
  });

  it('are not made unless asked for', async () => {
    const [picture] = await explainedBy('sd1', 'none', { seeds: [1], steps: 1 });
    expect(picture).not.toHaveProperty('attention');
  });
});

describe('an existing picture', () => {
  it('is explained: cropped to a size the model draws, every pixel’s attention adding up to one, twice the same', async () => {
    const path = join(temporaryFolder(), 'photo.jpg');
    const { data, width, height } = noisePicture(301, 150);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toFile(path);
    const generator = await Generator.create(await tinyBase('sdxl'), { tuned: await recordedTokens('sdxl') });
    const options = { timestep: 200, seed: 3, perLayer: true, size: { width: 128, height: 64 } };
    const explained = await explainPicture(generator, path, 'photo of a <new1> cat', options);
    expect(explained.image).toMatchObject({ width: 128, height: 64 });
    expect(explained.attention.mean).toMatchObject({ tokens: 77, height: 8, width: 16 });
    for (const maps of explained.attention.perLayer.values()) expect(worstSum(maps)).toBeLessThan(1e-5);
    expect(await explainPicture(generator, path, 'photo of a <new1> cat', options)).toEqual(explained);
    const later = await explainPicture(generator, path, 'photo of a <new1> cat', { ...options, timestep: 800 });
    expect(later.attention.mean.data).not.toEqual(explained.attention.mean.data);
    await generator.release();
  });

  it('is shown its centre, never squashed', async () => {
    const generator = await Generator.create(await tinyBase('sd1'));
    const picture = { width: 96, height: 32, data: new Uint8Array(96 * 32 * 3) };
    for (let y = 0; y < 32; y++) picture.data.fill(255, (y * 96 + 32) * 3, (y * 96 + 64) * 3);
    const { image } = await explainPicture(generator, picture, 'a cat', { size: { width: 64, height: 64 } });
    expect(image.data.filter((value) => value > 250).length).toBeGreaterThan(0.9 * image.data.length);
    await generator.release();
  });

  it('gets a size of its own proportions', async () => {
    const base = await tinyBase('sd1');
    const side = base.unet.config.sampleSize * 8;
    expect(nativeSize(base, { width: 900, height: 900 })).toEqual({ width: side, height: side });
    const wide = nativeSize(base, { width: 4000, height: 1000 });
    expect([wide.width % 64, wide.height % 64]).toEqual([0, 0]);
    expect(wide.width).toBeGreaterThan(wide.height);
  });

  it.each([
    ['timestep', { timestep: 1000 }],
    ['timestep', { timestep: 1.5 }],
    ['width', { size: { width: 100, height: 64 } }],
  ])('is refused for a wrong %s: %j', async (where, options) => {
    const generator = await Generator.create(await tinyBase('sd1'));
    const attempt = explainPicture(generator, noisePicture(64, 64), 'a cat', options);
    await expect(attempt).rejects.toMatchObject({ code: 'bad-input', where });
  });

  it('that is no picture is refused', async () => {
    const generator = await Generator.create(await tinyBase('sd1'));
    await expect(explainPicture(generator, __filename, 'a cat')).rejects.toMatchObject({ code: 'bad-image' });
    await expect(explainPicture(generator, 'gone.png', 'a cat')).rejects.toMatchObject({ code: 'not-found' });
    await expect(explainPicture(generator, 'gone.png', 'a <new9> cat')).rejects.toMatchObject({ code: 'bad-token' });
  });
});
