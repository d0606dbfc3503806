import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeDevices } from '../../native-runtime/device/probe';
import { prepareRun } from '../../native-runtime/train/prepareRun';
import { readRunLog } from '../../native-runtime/train/runLog';
import { createStepSessions } from '../../native-runtime/train/stepSessions';
import { trainRun } from '../../native-runtime/train/trainRun';
import { bundledCommandLine } from '../support/bundledCommandLine';
import { whyNoCuda } from '../support/cudaMachine';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture, tinyFamilies } from '../support/tinyBases';
import { tinyConfig, tinyOptions, tinyRun } from '../support/tinyRun';
import { distance, feedsOf, takeLoopedSteps, takeSingleSteps } from '../support/trainingSteps';

const problem = await whyNoCuda();
const folder = temporaryFolder();
const program = bundledCommandLine();

/** How far results may be from the processor's, in single and in mixed precision. */
const limits = { single: 1e-4, mixed: 2e-2 };

describe.skipIf(problem)('CUDA', () => {
  it('is a device that can be used', async () => {
    const probes = await probeDevices(program, new AbortController().signal);
    expect(probes.find(({ name }) => name === 'cuda')).toMatchObject({ usable: true });
  });

  it.each(tinyFamilies)('%s: steps in a loop equal the processor in single and in mixed precision', async (family) => {
    const run = await tinyRun(join(folder, family), { base: fixture(family, 'base') });
    const feeds = await feedsOf(run, 4);
    const expected = await takeSingleSteps(run, feeds);
    for (const mixedPrecision of [false, true]) {
      const actual = await takeLoopedSteps(run, feeds, { capacity: 4, device: 'cuda', mixedPrecision });
      const limit = limits[mixedPrecision ? 'mixed' : 'single'];
      const found = distance(actual, expected);
      console.log(`${family}, ${mixedPrecision ? 'mixed' : 'single'} precision: ${JSON.stringify(found)}`);
      expect(actual.results).toHaveLength(4);
      expect(found.results).toBeLessThan(limit);
      expect(found.moments).toBeLessThan(limit);
    }
  });

  it('leaves no operator of a step to the processor but what a loop counts with', async () => {
    const run = await tinyRun(join(folder, 'placement'));
    // Refused when the graph is compiled, unless every node has a kernel on the device.
    const options = { device: 'cuda' as const, onlyDevice: true };
    const { step } = await createStepSessions(run.base, run.graphShape, run.stepOptions, options);
    expect(step.nodeCount).toBeGreaterThan(100);
    await step.release();
  });

  it('trains a hundred steps beside the processor', async () => {
    const losses: Record<string, number[]> = {};
    for (const device of ['cpu', 'cuda'] as const) {
      const config = await tinyConfig(join(folder, `curve-${device}`), { steps: 100, checkpointEvery: 50, device });
      const result = await trainRun(await prepareRun(config, tinyOptions));
      expect(result).toMatchObject({ status: 'finished', step: 100 });
      const manifest = JSON.parse(readFileSync(join(result.folder, 'manifest.json'), 'utf8')) as { device: string };
      expect(manifest.device).toBe(device);
      losses[device] = (await readRunLog(join(result.folder, 'log.jsonl'))).map(({ loss }) => loss);
    }
    const [cpu, cuda] = [losses['cpu']!, losses['cuda']!];
    const meanOf = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    for (let i = 0; i < 100; i += 10) {
      const ratio = meanOf(cuda.slice(i, i + 10)) / meanOf(cpu.slice(i, i + 10));
      console.log(`steps ${i + 1} to ${i + 10}: loss on CUDA is ${ratio.toFixed(4)} of the processor's`);
      expect(Math.abs(ratio - 1)).toBeLessThan(limits.mixed);
    }
  });
});
