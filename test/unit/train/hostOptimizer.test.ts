import { describe, expect, it } from 'vitest';
import { Session } from '../../../native-runtime/device/session';
import { input } from '../../../native-runtime/graph/tensor';
import { RandomStream } from '../../../native-runtime/random';
import { float32, type TensorData } from '../../../native-runtime/tensorData';
import { HostGradients } from '../../../native-runtime/train/hostGradients';
import { updateOnHost, type HostTrainable } from '../../../native-runtime/train/hostOptimizer';
import { adamW, biasCorrections, defaultOptimizer, trainableInput } from '../../../native-runtime/train/optimizer';

const lengths = { large: 1003, small: 5 };
const rates = { large: 1e-2, small: 3e-2 };
type Name = keyof typeof lengths;
const names = Object.keys(lengths) as Name[];

const gradientsOf = (step: number) =>
  Object.fromEntries(
    names.map((name, i) => [name, Float32Array.from(new RandomStream(step, 'gradients', i).normals(lengths[name]))]),
  ) as Record<Name, Float32Array>;

function freshState(): Record<Name, HostTrainable> {
  const of = (name: Name) => {
    const weight = Float32Array.from({ length: lengths[name] }, (_, i) => Math.sin(i));
    const [m, v, gradient] = [0, 1, 2].map(() => new Float32Array(lengths[name])) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    return { weight, m, v, gradient, learningRate: rates[name] };
  };
  return { large: of('large'), small: of('small') };
}

describe.each([0, 0.5, 1e6])('AdamW outside the graph, clipped at %s', (clip) => {
  const settings = { ...defaultOptimizer, clip };

  it('does what it does in the graph', async () => {
    const trainables = names.map((name) => ({
      name,
      value: trainableInput(name, [lengths[name]]),
      gradient: input(`g.${name}`, [lengths[name]]),
      learningRate: name === 'large' ? ('learningRate' as const) : ('modifierLearningRate' as const),
    }));
    const session = await Session.create(adamW(input('loss', []), trainables, settings), { threads: 1 });
    const [host, graph] = [freshState(), freshState()];
    for (let step = 1; step <= 5; step++) {
      const gradients = gradientsOf(step);
      const corrections = biasCorrections(settings, step);
      for (const name of names) host[name].gradient = gradients[name];
      const update = updateOnHost(Object.values(host), 1, settings, corrections);
      const feeds: Record<string, TensorData> = {
        loss: float32([], [1]),
        learningRate: float32([], [rates.large]),
        modifierLearningRate: float32([], [rates.small]),
        correction1: float32([], [corrections.correction1]),
        correction2: float32([], [corrections.correction2]),
      };
      for (const name of names) {
        const shape = [lengths[name]];
        feeds[`weight.${name}`] = float32(shape, graph[name].weight);
        feeds[`m.${name}`] = float32(shape, graph[name].m);
        feeds[`v.${name}`] = float32(shape, graph[name].v);
        feeds[`g.${name}`] = float32(shape, gradients[name]);
      }
      const results = await session.run(feeds);
      expect(update.applied).toBe(true);
      expect(update.gradientNorm).toBeCloseTo(Number(results.gradientNorm!.data[0]), 3);
      for (const name of names)
        for (const part of ['weight', 'm', 'v'] as const)
          graph[name][part] = results[`next.${part}.${name}`]!.data as Float32Array;
    }
    await session.release();
    for (const name of names)
      for (const part of ['weight', 'm', 'v'] as const) {
        const largest = graph[name][part].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        host[name][part].forEach((x, i) =>
          expect(Math.abs(x - graph[name][part][i]!), `${part} ${name} ${i}`).toBeLessThanOrEqual(2e-6 * largest),
        );
      }
  });

  it.each([
    ['loss', NaN, undefined],
    ['loss', -Infinity, undefined],
    ['gradient', 1, NaN],
    ['gradient', 1, Infinity],
  ])('changes nothing when the %s is %s %s', (_, loss, broken) => {
    const state = freshState();
    Object.assign(state.small, { gradient: gradientsOf(1).small });
    if (broken !== undefined) state.small.gradient[3] = broken;
    const { applied } = updateOnHost(Object.values(state), loss, settings, biasCorrections(settings, 1));
    expect(applied).toBe(false);
    for (const name of names)
      for (const part of ['weight', 'm', 'v'] as const) expect(state[name][part]).toEqual(freshState()[name][part]);
  });
});

describe('gradients outside the graph', () => {
  const shapes = new Map([['a', [2, 2]]]);
  const write = (gradients: HostGradients, values: number[]) =>
    (gradients.outputs['gradient.a']!.data as Float32Array).set(values);
  const read = (gradients: HostGradients) => [...gradients.mean().get('a')!.data];

  it('of one batch are what the graph wrote', () => {
    const gradients = new HostGradients(shapes);
    write(gradients, [1, 2, 3, 4]);
    expect(read(gradients)).toEqual([1, 2, 3, 4]);
  });

  it('of several batches are their mean, in every update anew', () => {
    const gradients = new HostGradients(shapes);
    for (const update of [1, 10]) {
      for (const batch of [1, 2]) {
        write(gradients, [update, batch, 0, 3]);
        gradients.add();
      }
      write(gradients, [update, 6, 0, 0]);
      expect(read(gradients)).toEqual([update, 3, 0, 2]);
    }
  });
});
