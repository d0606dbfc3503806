import { samplerNames, type SamplerName } from '../../src/common/samplerNames';
import { describe, expect, it } from 'vitest';
import { baseUnetWeights, blendDelta } from '../../native-runtime/delta/blendDelta';
import { loadDelta } from '../../native-runtime/delta/loadDelta';
import type { GeneratedPicture, GenerationRequest } from '../../native-runtime/sample/generationRequest';
import { Generator, type GenerationHooks } from '../../native-runtime/sample/generator';
import { float32 } from '../../native-runtime/tensorData';
import {
  fixture,
  recorded,
  recordedJson,
  recordedSampler,
  recordedTokens,
  relativeError,
  tinyBase,
  tinyFamilies,
} from '../support/tinyBases';

const request: GenerationRequest = {
  prompt: 'photo of a cat',
  negativePrompt: 'green table',
  seeds: [1, 2, 3, 4],
  width: 64,
  height: 64,
  steps: 3,
  scheduler: 'euler-ancestral',
  guidanceScale: 5,
};

async function collect(generator: Generator, changes: Partial<GenerationRequest> = {}, hooks?: GenerationHooks) {
  const pictures: GeneratedPicture[] = [];
  for await (const picture of generator.generate({ ...request, ...changes }, hooks)) pictures.push(picture);
  return pictures;
}

const latentsOf = (pictures: readonly GeneratedPicture[]) => pictures.map(({ latents }) => latents);

describe.each(tinyFamilies)('a whole picture of %s', (family) => {
  it('equals the recording: latents and picture', async () => {
    const tensors = await recorded(family, 'sample');
    const settings = await recordedJson(family, 'sample');
    const generator = await Generator.create(await recordedSampler(family), { tuned: await recordedTokens(family) });
    const [, , cellsHigh, cellsWide] = tensors.get('initial')!.shape as [number, number, number, number];
    const { scaleFactor } = generator.model.base.vae.config;
    const [picture] = await collect(generator, {
      prompt: String(settings.prompt),
      negativePrompt: String(settings.negative),
      seeds: [0],
      width: cellsWide * scaleFactor,
      height: cellsHigh * scaleFactor,
      steps: Number(settings.steps),
      scheduler: settings.scheduler as SamplerName,
      guidanceScale: Number(settings.guidance_scale),
      initialNoise: [tensors.get('initial')!.data as Float32Array],
    });
    const pixels = await generator.model.decode(picture!.latents, cellsHigh, cellsWide);
    expect(relativeError(picture!.latents, tensors.get('latents')!.data as Float32Array)).toBeLessThan(1e-4);
    expect(relativeError(pixels, tensors.get('image')!.data as Float32Array)).toBeLessThan(1e-4);
    await generator.release();
  });

  it('is nearly the same with the UNet in 16 bits', async () => {
    const draw = async (mixedPrecision: boolean) => {
      const generator = await Generator.create(await tinyBase(family), { session: { mixedPrecision } });
      const pictures = await collect(generator, { seeds: [1], capture: 'mean' });
      await generator.release();
      return pictures[0]!;
    };
    const [half, full] = [await draw(true), await draw(false)];
    expect(relativeError(half.latents, full.latents)).toBeLessThan(2e-2);
    expect(relativeError(half.latents, full.latents)).toBeGreaterThan(1e-6);
    expect(relativeError(half.attention!.mean.data, full.attention!.mean.data)).toBeLessThan(2e-2);
  });

  it('does not depend on the batch it was made in', async () => {
    const generator = await Generator.create(await tinyBase(family));
    const alone = await collect(generator, { batch: 1 });
    const together = await collect(generator, { batch: 4 });
    const uneven = await collect(generator, { batch: 3 });
    for (const [i, picture] of alone.entries()) {
      expect(picture.seed).toBe(request.seeds[i]);
      expect(relativeError(together[i]!.latents, picture.latents)).toBeLessThan(1e-5);
      expect(relativeError(uneven[i]!.latents, picture.latents)).toBeLessThan(1e-5);
    }
    await generator.release();
  });
});

describe('pictures', () => {
  it('are the same for the same seed and differ for another', async () => {
    const generator = await Generator.create(await tinyBase('sd1'));
    const once = await collect(generator, { seeds: [7, 8] });
    const again = await collect(generator, { seeds: [8, 7] });
    expect(again.map(({ image }) => image)).toEqual([once[1]!.image, once[0]!.image]);
    expect(once[0]!.latents).not.toEqual(once[1]!.latents);
    await generator.release();
  });

  it.each(samplerNames)('come out of %s in any size the model can draw', async (scheduler) => {
    const generator = await Generator.create(await tinyBase('sd2'));
    const [picture] = await collect(generator, { scheduler, seeds: [3], width: 128, height: 64, steps: 4 });
    expect(picture!.image).toMatchObject({ width: 128, height: 64 });
    expect(picture!.latents.every(Number.isFinite)).toBe(true);
    await generator.release();
  });

  it('are led nowhere by guidance away from the prompt itself', async () => {
    const generator = await Generator.create(await tinyBase('sdxl'));
    const guided = await collect(generator, { seeds: [5], negativePrompt: request.prompt, guidanceScale: 4 });
    const plain = await collect(generator, { seeds: [5], negativePrompt: undefined, guidanceScale: 1 });
    expect(relativeError(guided[0]!.latents, plain[0]!.latents)).toBeLessThan(1e-4);
    await generator.release();
  });

  it('are the same with attention captured', async () => {
    const generator = await Generator.create(await tinyBase('sd1'));
    const plain = await collect(generator, { seeds: [5] });
    const captured = await collect(generator, { seeds: [5], capture: 'mean' });
    expect(relativeError(captured[0]!.latents, plain[0]!.latents)).toBeLessThan(1e-5);
    await generator.release();
  });
});

describe('a fine-tune', async () => {
  const base = await tinyBase('sd1');
  const delta = await loadDelta(fixture('sd1', 'deltas/pytorch_custom_diffusion_weights.safetensors'));
  const prompt = 'photo of a <new1> cat and a <new2> dog';

  it('has every strength in one generator: 0 is the base, 1 the fine-tune', async () => {
    const zero = await blendDelta(base, delta, 0);
    const generator = await Generator.create(base, { tuned: zero });
    const tokensOnly = await Generator.create(base, {
      tuned: { unet: new Map(), modifierTokens: delta.modifierTokens },
    });
    const options = { prompt, seeds: [1, 2] };
    const atZero = await collect(generator, options);
    const ofBase = await collect(tokensOnly, options);
    atZero.forEach(({ latents }, i) => expect(relativeError(latents, ofBase[i]!.latents)).toBeLessThan(1e-5));
    generator.setTuned(await blendDelta(base, delta, 1));
    const atOne = await collect(generator, options);
    expect(relativeError(atOne[0]!.latents, atZero[0]!.latents)).toBeGreaterThan(1e-3);
    generator.setTuned(zero);
    expect(latentsOf(await collect(generator, options))).toEqual(latentsOf(atZero));
    await generator.release();
    await tokensOnly.release();
  });

  it('is blended on the line through base and fine-tune, beyond both ends', async () => {
    const [name, tuned] = [...delta.unet][0]!;
    const start = (await baseUnetWeights(base, [name])).get(name)!.data as Float32Array;
    for (const strength of [-0.5, 0.25, 2]) {
      const blended = (await blendDelta(base, delta, strength)).unet.get(name)!.data as Float32Array;
      const expected = start.map((w, i) => w + strength * (Number(tuned.data[i]) - w));
      expect(relativeError(blended, expected)).toBeLessThan(1e-6);
    }
    await expect(blendDelta(base, delta, NaN)).rejects.toMatchObject({ code: 'bad-input', where: 'strength' });
  });

  it('of another base is refused before any work', async () => {
    const foreign = await tinyBase('sdxl');
    await expect(Generator.create(foreign, { tuned: delta })).rejects.toMatchObject({ code: 'bad-model' });
    await expect(blendDelta(foreign, delta, 0.5)).rejects.toMatchObject({ code: 'bad-model' });
    const [name, { shape, data }] = [...delta.unet][0]!;
    const cut = { unet: new Map([[name, float32([shape[0]!, shape[1]! - 1])]]), modifierTokens: new Map() };
    expect(data.length).toBeGreaterThan(0);
    await expect(Generator.create(base, { tuned: cut })).rejects.toMatchObject({ code: 'bad-model' });
  });

  it('with other names than at the start is refused', async () => {
    const generator = await Generator.create(base);
    expect(() => generator.setTuned(delta)).toThrow(expect.objectContaining({ code: 'conflict' }));
    await generator.release();
  });
});

describe('a request that is stopped', () => {
  it('keeps the pictures that are finished', async () => {
    const generator = await Generator.create(await tinyBase('sd1'));
    const stop = new AbortController();
    const steps: string[] = [];
    const done: GeneratedPicture[] = [];
    const onStep = (step: number, total: number) => {
      steps.push(`${step}/${total}`);
      if (step === 8) stop.abort();
    };
    const pictures = generator.generate({ ...request, batch: 2, steps: 6 }, { signal: stop.signal, onStep });
    const all = (async () => {
      for await (const picture of pictures) done.push(picture);
    })();
    await expect(all).rejects.toMatchObject({ code: 'cancelled' });
    expect(done.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(steps.at(-1)).toBe('8/12');
    expect(latentsOf(done)).toEqual(latentsOf(await collect(generator, { batch: 2, steps: 6, seeds: [1, 2] })));
    await generator.release();
  });
});

describe('requests no picture can be made of', async () => {
  const generator = await Generator.create(await tinyBase('sd1'), { tuned: await recordedTokens('sd1') });
  const long = 'photo '.repeat(90);

  it.each<[string, Partial<GenerationRequest>, string, RegExp]>([
    ['D15 a width between two sizes', { width: 100 }, 'width', /64 or 128/],
    ['D15 a height below the smallest size', { height: 32 }, 'height', /draw: 64/],
    ['D15 a height that is no number', { height: NaN }, 'height', /NaN/],
    ['D15 a width of 64,000', { width: 64_000 }, 'width', /4096/],
    ['D15 guidance −1', { guidanceScale: -1 }, 'guidanceScale', /0 to 100/],
    ['D15 guidance NaN', { guidanceScale: NaN }, 'guidanceScale', /NaN/],
    ['D15 eta 2', { scheduler: 'ddim', eta: 2 }, 'eta', /0 to 1/],
    ['D15 eta where there is none', { scheduler: 'euler', eta: 0.5 }, 'eta', /euler/],
    ['D14 0 steps', { steps: 0 }, 'steps', /from 1/],
    ['D14 2.5 steps', { steps: 2.5 }, 'steps', /2.5/],
    ['D14 a billion steps', { steps: 1e9 }, 'steps', /fewer/],
    ['D14 batch 0', { batch: 0 }, 'batch', /from 1/],
    ['D14 seed 2^53 + 1', { seeds: [2 ** 53 + 1] }, 'seeds', /seed/],
    ['D14 a negative seed', { seeds: [1, -1] }, 'seeds', /-1/],
    ['D14 no seed', { seeds: [] }, 'seeds', /none/],
    ['D4 a modifier token beyond position 75', { prompt: `${long} <new1>` }, 'prompt', /<new1>/],
    ['a learned token nobody taught', { prompt: 'a <new3> cat' }, 'prompt', /<new1>, <new2>/],
    ['D8 a longer token that begins alike', { negativePrompt: 'a <new10> cat' }, 'negativePrompt', /<new10>/],
    ['a prompt of a megabyte', { prompt: 'a'.repeat(1 << 20) }, 'prompt', /characters/],
    ['noise of another size', { initialNoise: [new Float32Array(3)] }, 'initialNoise', /seed/],
  ])('%s', (_, changes, where, message) => {
    const attempt = () => generator.generate({ ...request, ...changes });
    expect(attempt).toThrow(expect.objectContaining({ name: 'ProductError', where }));
    expect(attempt).toThrow(message);
  });

  it('D4 a prompt of 90 tokens is made, with a warning and the count', () => {
    const warnings: string[] = [];
    generator.generate({ ...request, prompt: long }, { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([expect.stringMatching(/prompt: 90 tokens.*75/)]);
    expect(generator.check({ ...request, guidanceScale: 1 })).toEqual([expect.stringContaining('negativePrompt')]);
  });

  it('D8 a learned token in capitals is known', () => {
    expect(generator.check({ ...request, prompt: 'a <NEW1> cat' })).toEqual([]);
  });

  it.each(['', ' \n', '<new1>'])('D5 the prompt %j works', async (prompt) => {
    const [picture] = await collect(generator, { prompt, negativePrompt: '', seeds: [0], steps: 1, scheduler: 'ddim' });
    expect(picture!.latents.every(Number.isFinite)).toBe(true);
  });
});
