import { describe, expect, it, vi } from 'vitest';
import { benchNames, runBench, type BenchFlags } from '../../native-runtime/bench/runBench';
import { fixture } from '../support/tinyBases';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 300_000 });

const flags: BenchFlags = {
  base: fixture('sd1', 'base'),
  resolution: 64,
  rows: 2,
  mode: 'crossattn-kv',
  repeat: 2,
  steps: 3,
  threads: 1,
};
const about = ['tool', 'task', 'resolution', 'rows', 'mode', 'threads', 'device'];
const isTraining = (task: string) => /train|fine/.test(task);

describe('benchmarks', () => {
  it.each(benchNames.filter((task) => task !== 'fine-tune'))('%s gives the times of its repetitions', async (task) => {
    const result = await runBench(task, flags);
    expect(Object.keys(result)).toEqual(expect.arrayContaining([...about, 'startSeconds', 'seconds', 'all']));
    expect(result).toMatchObject({ task, mode: isTraining(task) ? 'crossattn-kv' : null });
    expect(result.all).toHaveLength(2);
    expect(result.all).toContain(result.seconds);
    expect(result.seconds).toBeGreaterThan(0);
    expect(result.peakRssBytes).toBeGreaterThan(1e7);
  });

  it.each(['sd1', 'sdxl'])('fine-tune of %s gives the time from start to delta, and the last loss', async (family) => {
    const result = await runBench('fine-tune', { ...flags, base: fixture(family, 'base') });
    expect(Object.keys(result)).toEqual(expect.arrayContaining([...about, 'steps', 'losses', 'totalSeconds']));
    expect(result).toMatchObject({ task: 'fine-tune', mode: 'crossattn-kv', steps: 3 });
    expect(result.totalSeconds).toBeGreaterThan(0);
    expect(result.losses).toBeGreaterThan(0);
    expect(Number.isFinite(result.losses)).toBe(true);
  });

  it('knows no other task', async () => {
    await expect(runBench('trian', flags)).rejects.toThrow(
      /trian: no such task\. Choose one of unet, train, train-full/,
    );
  });
});
