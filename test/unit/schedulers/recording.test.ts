import { samplerNames, type SamplerName } from '../../../src/common/samplerNames';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSafetensors, readTensors } from '../../../native-runtime/formats/safetensors';
import { createScheduler } from '../../../native-runtime/sample/schedulers/createScheduler';
import { parseSchedulerConfig } from '../../../native-runtime/sample/schedulers/schedulerConfig';

const fixtures = join(__dirname, '../../fixtures');

describe.each(['sd1', 'sd2'])('solver states of %s equal the recording', async (name) => {
  const path = join(fixtures, name, 'schedulers.json');
  const settings = JSON.parse(await readFile(path, 'utf8')) as Record<string, Record<string, unknown>>;
  const tensors = await readTensors(await openSafetensors(join(fixtures, name, 'schedulers.safetensors')));
  const values = (key: string) => tensors.get(key)!.data as Float32Array;

  it('covers every solver', () => {
    const recorded = new Set(Object.keys(settings).map((key) => solverOf(key)));
    expect([...recorded].sort()).toEqual([...samplerNames].sort());
  });

  it.each(Object.keys(settings))('%s', (key) => {
    const setting = settings[key]!;
    const scheduler = createScheduler(
      solverOf(key),
      parseSchedulerConfig(setting, path),
      Number(key.split('.').at(-1)),
      {
        eta: setting.eta as number | undefined,
      },
    );
    expect(scheduler.timesteps).toEqual(values(`${key}.timesteps`));
    expect(scheduler.initNoiseSigma).toBe(setting.init_noise_sigma);

    let latents = values(`${key}.initial`);
    const size = latents.length;
    const row = (tensor: string, i: number) => values(`${key}.${tensor}`).slice(i * size, (i + 1) * size);
    for (let i = 0; i < scheduler.timesteps.length; i++) {
      latents = scheduler.step(row('model_outputs', i), i, latents, () => row('noises', i));
      expect(relativeError(latents, row('states', i)), `step ${i}`).toBeLessThan(2e-6);
    }
  });
});

function solverOf(key: string): SamplerName {
  return key.split('.')[0]!.replace('-eta1', '') as SamplerName;
}

/** Largest absolute difference over the largest absolute reference value. */
function relativeError(ours: Float32Array, reference: Float32Array): number {
  const largest = (values: Float32Array) => values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  return largest(ours.map((v, i) => v - reference[i]!)) / largest(reference);
}
