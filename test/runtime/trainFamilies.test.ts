import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { blendDelta } from '../../native-runtime/delta/blendDelta';
import { loadDelta } from '../../native-runtime/delta/loadDelta';
import { Generator } from '../../native-runtime/sample/generator';
import { prepareRun, type PreparedRun } from '../../native-runtime/train/prepareRun';
import { resumeRun } from '../../native-runtime/train/resumeRun';
import { readRunLog } from '../../native-runtime/train/runLog';
import { trainRun } from '../../native-runtime/train/trainRun';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture } from '../support/tinyBases';
import { tinyConfig, tinyOptions, tinyRun } from '../support/tinyRun';
import { distance, feedsOf, takeSingleSteps } from '../support/trainingSteps';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000 });

const folder = temporaryFolder();
const prompt = 'photo of a <new1> cat';

/** What sets a family apart in training, and how many text encoders learn the token. */
const families = [
  { family: 'sd2', name: 'Stable Diffusion 2.x', predicts: 'v_prediction', widths: 1 },
  { family: 'sdxl', name: 'SDXL', predicts: 'epsilon', widths: 2 },
] as const;

describe('a run from its start to a picture', () => {
  it.each(families)('$name', async ({ family, name, predicts, widths }) => {
    const base = fixture(family, 'base');
    const sample = { every: 2, prompts: [prompt], seeds: [1], steps: 2, guidanceScale: 2 };
    const config = await tinyConfig(join(folder, family), { base, steps: 2, checkpointEvery: 1, sample });
    const options = { ...tinyOptions, cacheFolder: join(folder, family, 'cache') };

    const run = await prepareRun(config, options);
    expect(run.base).toMatchObject({ family: name, scheduler: { predictionType: predicts } });
    const whole = await trainRun(run);
    expect(whole).toMatchObject({ status: 'finished', step: 2 });
    const log = await readRunLog(join(whole.folder, 'log.jsonl'));
    expect(log.map(({ step, applied }) => [step, applied])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(log.every(({ gradientNorm }) => gradientNorm > 0)).toBe(true);
    expect(existsSync(join(whole.folder, 'samples', 'step-000002', '1-1.png'))).toBe(true);

    const stop = new AbortController();
    const elsewhere = await prepareRun({ ...config, output: join(folder, family, 'stopped') }, options);
    const stopped = await trainRun(elsewhere, { signal: stop.signal, onStep: () => stop.abort() });
    expect(stopped).toMatchObject({ status: 'stopped', step: 1 });
    expect(await resumeRun(stopped.folder, options)).toMatchObject({ status: 'finished', step: 2 });
    expect(readFileSync(join(stopped.folder, 'delta.safetensors')).equals(readFileSync(whole.delta!))).toBe(true);

    const delta = await loadDelta(whole.delta!);
    const start = await run.readInitialWeights();
    expect(delta.modifierTokens.get('<new1>')).toHaveLength(widths);
    for (const [key, { data }] of delta.unet) expect(data, key).not.toEqual(start.get(key)!.data);
    delta.modifierTokens.get('<new1>')!.forEach(({ data }, i) => {
      expect(data).not.toEqual(start.get(`modifier_rows.${i}`)!.data);
    });

    const generator = await Generator.create(run.base, { tuned: await blendDelta(run.base, delta, 1) });
    const request = {
      prompt,
      seeds: [3],
      width: 64,
      height: 64,
      steps: 2,
      scheduler: 'ddim',
      guidanceScale: 2,
    } as const;
    const latents: Float32Array[] = [];
    for (const strength of [1, 0]) {
      generator.setTuned(await blendDelta(run.base, delta, strength));
      for await (const picture of generator.generate(request)) latents.push(picture.latents);
    }
    await generator.release();
    expect(latents).toHaveLength(2);
    expect(latents[0]!.every(Number.isFinite)).toBe(true);
    expect(latents[0]).not.toEqual(latents[1]);
  });
});

describe('a batch', () => {
  it('tells SDXL the size of each picture as it was, and feeds the text of prior rows encoded', async () => {
    const run = await tinyRun(join(folder, 'sizes'), { base: fixture('sdxl', 'base'), instanceRows: 2, priorRows: 1 });
    const [feeds] = await feedsOf(run, 1);
    expect([...feeds!.timeIds!.data]).toEqual([72, 80, 0, 0, 64, 64, 72, 80, 0, 0, 64, 64, 64, 64, 0, 0, 64, 64]);
    expect(feeds!['inputIds.0']!.shape).toEqual([2, 77]);
    expect(feeds!.fedStates!.shape[0]).toBe(1);
    expect(feeds!.fedEmbeds!.shape[0]).toBe(1);
  });

  it.each(['sd1', 'sdxl'])(
    'learns the same from text that is fed as from text that is encoded in it: %s',
    async (family) => {
      const run = await tinyRun(join(folder, `fed-${family}`), { base: fixture(family, 'base') });
      expect(run.stepOptions.fedPriors).toBe(true);
      const encoding = { ...run, stepOptions: { ...run.stepOptions, fedPriors: false } };
      const taken = async (one: PreparedRun) => takeSingleSteps(one, await feedsOf(one, 3));
      const { results, moments } = distance(await taken(run), await taken(encoding));
      expect(results).toBeLessThan(1e-5);
      expect(moments).toBeLessThan(1e-4);
    },
  );
});
