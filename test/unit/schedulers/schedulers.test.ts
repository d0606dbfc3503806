import { samplerNames, type SamplerName } from '../../../src/common/samplerNames';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guide } from '../../../native-runtime/sample/guidance';
import { createScheduler } from '../../../native-runtime/sample/schedulers/createScheduler';
import { NoiseSchedule } from '../../../native-runtime/sample/schedulers/noiseSchedule';
import { loadSchedulerConfig, parseSchedulerConfig } from '../../../native-runtime/sample/schedulers/schedulerConfig';

const fixtures = join(__dirname, '../../fixtures');
const stableDiffusion = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  set_alpha_to_one: true,
  skip_prk_steps: true,
};

interface RecordedRun {
  solver: SamplerName;
  config: Record<string, unknown>;
  eta?: number;
  steps: number;
  initNoiseSigma: number;
  timesteps: number[];
  initial: number[];
  modelOutputs: number[][];
  noises: number[][];
  states: number[][];
}

describe('other spacings and settings equal the recording', async () => {
  const runs = JSON.parse(await readFile(join(fixtures, 'schedulers/settings.json'), 'utf8')) as RecordedRun[];

  it.each(runs)('$solver $config.timestep_spacing $config.prediction_type', (run) => {
    const config = parseSchedulerConfig(run.config, 'settings.json');
    const scheduler = createScheduler(run.solver, config, run.steps, { eta: run.eta });
    expect([...scheduler.timesteps]).toEqual(run.timesteps);
    expect(scheduler.initNoiseSigma).toBeCloseTo(run.initNoiseSigma, 4);
    // Twice with the same object: step 0 begins a new picture.
    for (const _ of [1, 2]) {
      let latents = Float32Array.from(run.initial);
      run.states.forEach((state, i) => {
        const noise = () => Float32Array.from(run.noises[i]!);
        latents = Float32Array.from(scheduler.step(Float32Array.from(run.modelOutputs[i]!), i, latents, noise));
        const scale = Math.max(...state.map(Math.abs));
        latents.forEach((value, j) => expect(Math.abs(value - state[j]!) / scale).toBeLessThan(1e-5));
      });
    }
  });
});

describe('with a model that knows the picture', () => {
  it.each(samplerNames.flatMap((name) => ['epsilon', 'v_prediction'].map((type) => [name, type] as const)))(
    '%s ends at it from %s',
    (name, type) => {
      const config = parseSchedulerConfig({ ...stableDiffusion, prediction_type: type }, 'test');
      const { alphasCumprod } = new NoiseSchedule(config);
      const scheduler = createScheduler(name, config, 10);
      const picture = Float32Array.from([0.5, -2, 1.25]);
      const fresh = () => Float32Array.from([0.3, -1.1, 0.8]);
      let latents = fresh().map((value) => value * scheduler.initNoiseSigma);
      scheduler.timesteps.forEach((t, i) => {
        const alpha = alphasCumprod[Math.round(t)]!;
        const noisy = scheduler.scaleModelInput(latents, i);
        const epsilon = noisy.map((x, j) => (x - Math.sqrt(alpha) * picture[j]!) / Math.sqrt(1 - alpha));
        const velocity = epsilon.map((e, j) => Math.sqrt(alpha) * e - Math.sqrt(1 - alpha) * picture[j]!);
        latents = Float32Array.from(scheduler.step(type === 'epsilon' ? epsilon : velocity, i, latents, fresh));
      });
      // PNDM extrapolates past outputs and Karras's σ lie between timesteps: they only come near.
      const digits = name === 'pndm' || name === 'dpmpp-2m-karras' ? 0 : 3;
      latents.forEach((value, j) => expect(value).toBeCloseTo(picture[j]!, digits));
    },
  );
});

describe('the noise schedule', () => {
  const schedule = new NoiseSchedule(parseSchedulerConfig(stableDiffusion, 'test'));

  it('has the published values of Stable Diffusion', () => {
    expect(schedule.alphasCumprod[0]).toBeCloseTo(0.99915, 7);
    expect(schedule.alphasCumprod[999]).toBeCloseTo(0.0046601, 7);
    expect(schedule.sigmas()[999]).toBeCloseTo(14.6146, 4);
  });

  it('adds noise and gives the velocity as a rotation of latents and noise', () => {
    const [x, e] = [Float32Array.from([1, -3]), Float32Array.from([0.5, 2])];
    for (const t of [0, 400, 999]) {
      const [noisy, velocity, alpha] = [schedule.addNoise(x, e, t), schedule.velocity(x, e, t), schedule.alphaAt(t)];
      noisy.forEach((value, i) => {
        expect(Math.sqrt(alpha) * value - Math.sqrt(1 - alpha) * velocity[i]!).toBeCloseTo(x[i]!, 5);
        expect(Math.sqrt(1 - alpha) * value + Math.sqrt(alpha) * velocity[i]!).toBeCloseTo(e[i]!, 5);
      });
    }
  });
});

describe('scheduler_config.json', () => {
  it.each([
    ['sd1', 'epsilon'],
    ['sd2', 'v_prediction'],
    ['sdxl', 'epsilon'],
  ])('of %s is read', async (name, predictionType) => {
    expect(await loadSchedulerConfig(join(fixtures, name, 'base/scheduler'))).toMatchObject({
      trainTimesteps: 1000,
      betaStart: 0.00085,
      betaEnd: 0.012,
      betaSchedule: 'scaled_linear',
      predictionType,
      stepsOffset: 1,
      timestepSpacing: 'leading',
      clipSample: false,
    });
  });

  it('missing fields get the defaults, given betas replace the schedule', () => {
    expect(parseSchedulerConfig({}, 'x')).toMatchObject({ betaEnd: 0.02, betaSchedule: 'linear', stepsOffset: 0 });
    const given = new NoiseSchedule(parseSchedulerConfig({ trained_betas: [0.5, 0.5] }, 'x'));
    expect([...given.alphasCumprod]).toEqual([0.5, 0.25]);
  });

  it.each([
    ['an unknown prediction type', { prediction_type: 'sample' }, 'unsupported-model'],
    ['an unknown beta schedule', { beta_schedule: 'squaredcos_cap_v2' }, 'unsupported-model'],
    ['zero terminal SNR', { rescale_betas_zero_snr: true }, 'unsupported-model'],
    ['dynamic thresholding', { thresholding: true }, 'unsupported-model'],
    ['a beta that is text', { beta_start: '0.1' }, 'bad-config'],
    ['a beta of 1', { beta_end: 1 }, 'bad-config'],
    ['half a timestep', { num_train_timesteps: 1000.5 }, 'bad-config'],
    ['an unknown spacing', { timestep_spacing: 'random' }, 'bad-config'],
  ])('%s is refused', async (_, fields, code) => {
    const folder = await mkdtemp(join(tmpdir(), 'scheduler-'));
    await writeFile(join(folder, 'scheduler_config.json'), JSON.stringify(fields));
    await expect(loadSchedulerConfig(folder)).rejects.toMatchObject({ name: 'ProductError', code });
    await rm(folder, { recursive: true });
  });
});

describe('D15 sampler settings', () => {
  const config = parseSchedulerConfig({ ...stableDiffusion, steps_offset: 1 }, 'test');

  it.each<[string, SamplerName, number, number | undefined]>([
    ['steps 0', 'ddim', 0, 0],
    ['steps -1', 'euler', -1, undefined],
    ['steps 2.5', 'unipc', 2.5, undefined],
    ['steps NaN', 'pndm', NaN, undefined],
    ['steps 1001', 'dpmpp-2m', 1001, undefined],
    ['steps that reach beyond the schedule', 'ddim', 1000, 0],
    ['eta 2', 'ddim', 5, 2],
    ['eta -1', 'ddim', 5, -1],
    ['eta NaN', 'ddim', 5, NaN],
    ['eta for a solver without it', 'euler', 5, 0.5],
    ['an unknown solver', 'heun' as SamplerName, 5, undefined],
  ])('%s is refused', (_, name, steps, eta) => {
    expect(() => createScheduler(name, config, steps, { eta })).toThrow(
      expect.objectContaining({ name: 'ProductError', code: 'bad-config' }),
    );
  });

  it.each(samplerNames)('%s gives finite latents for one step', (name) => {
    const scheduler = createScheduler(name, config, 1);
    const latents = scheduler.step(
      Float32Array.from([1, -1]),
      0,
      Float32Array.from([0.5, 2]),
      () => new Float32Array(2),
    );
    expect(latents.every(Number.isFinite)).toBe(true);
  });

  it('guidance goes from the negative through the positive output', () => {
    const [u, c] = [Float32Array.from([1, 2]), Float32Array.from([3, -2])];
    expect([...guide(u, c, 7.5)]).toEqual([16, -28]);
    expect([...guide(u, c, 1)]).toEqual([...c]);
    expect([...guide(u, c, 0)]).toEqual([...u]);
  });
});
