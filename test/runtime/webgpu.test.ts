import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnWebgpu, onOwnAdapter } from '../support/describeOnWebgpu';
import { webgpuRunner } from '../support/runOnWebgpu';
import { fixture } from '../support/tinyBases';
import type { Figures, TrainingFigures } from '../support/webgpuTasks';

const minutes = 60_000;

// Every graph here is refused when one of its nodes has no kernel on WebGPU: the last test but one shows that.
describeOnWebgpu('the engine on WebGPU', () => {
  const { onWebgpu, alone } = webgpuRunner();

  it.each([
    ['sd1', ['text encoder', 'autoencoder', 'unet'], 20],
    // The autoencoder is the same in all.
    ['sd2', ['text encoder', 'unet'], 12],
    ['sdxl', ['text encoder', 'unet'], 12],
  ] as const)(
    'equals the recording of %s',
    async (family, groups, least) => {
      const figures = await onWebgpu<Figures>({ kind: 'parity', recording: fixture(family), groups: [...groups] });
      expect(Object.keys(figures).length).toBeGreaterThan(least);
      expect(Object.entries(figures).filter(([, error]) => !(error <= 1e-4))).toEqual([]);
    },
    10 * minutes,
  );

  it(
    'updates the state ten times as the processor does',
    async () => {
      const base = fixture('sd1', 'base');
      const figures = await onWebgpu<TrainingFigures>({ kind: 'training', base, updates: 10, rows: 2, cells: 8 });
      expect(figures.losses.webgpu).toHaveLength(10);
      expectEqualCurves(figures);
      // The first updates of Adam are the gradient's sign: where it is all but zero, rounding decides.
      expect(figures.worstChange).toBeLessThan(2e-3);
    },
    10 * minutes,
  );

  it(
    'takes a step with the pocket model, whose weights are in half precision',
    async () => {
      const base = resolve('media/pocket');
      const figures = await onWebgpu<TrainingFigures>({ kind: 'training', base, updates: 1, rows: 2, cells: 16 });
      expect(figures.tensors).toBeGreaterThan(10);
      expectEqualCurves(figures);
      expect(figures.worstChange).toBeLessThan(2e-3);
    },
    10 * minutes,
  );

  it(
    'takes the same step in slices, with blocks computed again',
    async () => {
      const base = fixture('sd1', 'base');
      const changes = { scores: { sliced: 16_000, slice: 16_000 }, recompute: true };
      const figures = await onWebgpu<TrainingFigures>({
        kind: 'training',
        base,
        updates: 1,
        rows: 2,
        cells: 8,
        changes,
      });
      expectEqualCurves(figures);
      expect(figures.worstChange).toBeLessThan(2e-3);
    },
    10 * minutes,
  );

  it(
    'computes in 16 bits where the adapter has them, and says where it has not',
    async () => {
      const half = await alone<boolean>({ kind: 'half' });
      if (!onOwnAdapter) expect(half).toBe(false);
      if (!half) return;
      const base = fixture('sd1', 'base');
      const task = { kind: 'training', base, updates: 4, rows: 2, cells: 8, mixedPrecision: true } as const;
      expectEqualCurves(await onWebgpu<TrainingFigures>(task), 2e-2);
    },
    10 * minutes,
  );

  it('keeps outputs on the device, feeds them back and to other graphs, and reads them', async () => {
    expect(await onWebgpu({ kind: 'session' })).toEqual([
      [5, 6, 7, 8],
      [50, 60, 70, 80],
      [10, 20, 30, 40],
      [8, 10, 12, 14],
    ]);
  });

  it(
    'answers with an error where the runtime would end the process, fall back, or exceed the adapter',
    async () => {
      expect(await alone({ kind: 'refusals' })).toEqual({
        // Nothing to read and nothing to end in it.
        handle: ['device', 'dtype', 'shape'],
        'kept output of run': expect.stringContaining('stays on the device') as string,
        'on the processor': expect.stringContaining('a tensor of webgpu for a graph on cpu') as string,
        'after its session': expect.stringContaining('was freed') as string,
        // There are adapters that give out as much.
        'too large': expect.stringMatching(
          onOwnAdapter ? /./ : /takes 2\.15 GB, more than the graphics processor gives out/,
        ) as string,
        'no kernel': expect.stringMatching(/the graph was refused.*fallback to CPU EP has been explicitly/) as string,
        'in a thread': expect.stringContaining('main thread') as string,
        alive: [2, 3, 4, 5],
      });
    },
    5 * minutes,
  );

  it('ends cleanly with what nobody released', async () => {
    expect(await alone({ kind: 'abandoned' })).toBe(4);
  });
});

/** Losses and gradient norms agree, and are not all the same. */
function expectEqualCurves({ losses, gradientNorms }: TrainingFigures, limit = 1e-4): void {
  for (const { cpu, webgpu } of [losses, gradientNorms]) {
    expect(
      webgpu.every((value, i) => Math.abs(value / cpu[i]! - 1) < limit),
      `${webgpu.join()} for ${cpu.join()}`,
    ).toBe(true);
    expect(new Set(webgpu).size).toBe(webgpu.length);
  }
}
