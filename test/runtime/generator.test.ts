import { describe, expect, it } from 'vitest';
import { Generator } from '../../native-runtime/sample/generator';
import type { SchedulerName } from '../../native-runtime/sample/schedulers/scheduler';
import {
  recorded,
  recordedJson,
  recordedTokens,
  recordedSampler,
  relativeError,
  tinyFamilies,
} from '../support/tinyBases';

describe.each(tinyFamilies)('a whole picture of %s', (family) => {
  it('equals the recording: latents and picture', async () => {
    const tensors = await recorded(family, 'sample');
    const settings = await recordedJson(family, 'sample');
    const generator = await Generator.create(await recordedSampler(family), { tuned: await recordedTokens(family) });
    const [, , cellsHigh, cellsWide] = tensors.get('initial')!.shape as [number, number, number, number];
    const pictures = generator.generate({
      prompt: String(settings.prompt),
      negativePrompt: String(settings.negative),
      seeds: [0],
      width: cellsWide * generator.model.base.vae.config.scaleFactor,
      height: cellsHigh * generator.model.base.vae.config.scaleFactor,
      steps: Number(settings.steps),
      scheduler: settings.scheduler as SchedulerName,
      guidanceScale: Number(settings.guidance_scale),
      initialNoise: [tensors.get('initial')!.data as Float32Array],
    });
    const { value } = await pictures.next();
    const picture = value!;
    const pixels = await generator.model.decode(picture.latents, cellsHigh, cellsWide);
    expect(relativeError(picture.latents, tensors.get('latents')!.data as Float32Array)).toBeLessThan(1e-4);
    expect(relativeError(pixels, tensors.get('image')!.data as Float32Array)).toBeLessThan(1e-4);
    await generator.release();
  });
});
