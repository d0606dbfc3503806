import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { checkpointSteps, newestCheckpoint, saveCheckpoint } from '../../native-runtime/train/checkpoint';
import { prepareRun } from '../../native-runtime/train/prepareRun';
import { resumeRun } from '../../native-runtime/train/resumeRun';
import { readRunLog } from '../../native-runtime/train/runLog';
import { createRunFolder, writeRunConfig } from '../../native-runtime/train/runFolder';
import { freshStart, trainRun } from '../../native-runtime/train/trainRun';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { bundleChild, runChild } from '../support/childProcess';
import { temporaryFolder } from '../support/temporaryFolder';
import { tinyConcept, tinyConfig, tinyOptions } from '../support/tinyRun';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const folder = temporaryFolder();
let config: ResolvedTrainConfig;
let child: string;
let whole: string;

/** The cache of the whole run: what is shared is not computed again. */
const shared = { ...tinyOptions, cacheFolder: join(folder, 'whole', '.cache') };
const at = (name: string): ResolvedTrainConfig => ({ ...config, output: join(folder, name) });
const deltaOf = (run: string) => readFileSync(join(run, 'delta.safetensors'));
const lossesOf = async (run: string) =>
  (await readRunLog(join(run, 'log.jsonl'))).map(({ step, loss, gradientNorm }) => [step, loss, gradientNorm]);

beforeAll(async () => {
  config = await tinyConfig(folder, { steps: 20, sample: { every: 10, seeds: [1], steps: 2, guidanceScale: 1 } });
  child = await bundleChild();
  whole = (await trainRun(await prepareRun(at('whole'), tinyOptions))).folder;
});

describe('a run that was interrupted', () => {
  it('G1 E6 is bit-equal after SIGKILL at step 7 and a resume, without reusing any cache', async () => {
    const killed = await runChild(
      child,
      { config: at('killed'), options: tinyOptions, killAfterStep: 7 },
      join(folder, 'a.json'),
    );
    expect(killed.signal, killed.stderr).toBe('SIGKILL');
    expect(existsSync(join(killed.folder, 'lock.json'))).toBe(true);
    expect(await checkpointSteps(join(killed.folder, 'checkpoints'))).toEqual([6, 3]);

    const resumed = await runChild(child, { resume: killed.folder, options: tinyOptions }, join(folder, 'b.json'));
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(deltaOf(killed.folder).equals(deltaOf(whole))).toBe(true);
    expect(await lossesOf(killed.folder)).toEqual(await lossesOf(whole));
    expect(await lossesOf(whole)).toHaveLength(20);
    const grids = (run: string) =>
      readdirSync(join(run, 'samples')).map((s) => readFileSync(join(run, 'samples', s, 'grid.png')));
    expect(grids(killed.folder)).toEqual(grids(whole));
    expect(existsSync(join(killed.folder, 'lock.json'))).toBe(false);
  });

  it.each(['start', 'state', 'manifest', 'promoted', 'rotated'])(
    'G1 G17 keeps a complete checkpoint when it dies at the stage "%s" of saving, with one kept',
    async (stage) => {
      const checkpoints = join(folder, `saves-${stage}`);
      const task = { options: tinyOptions, save: { checkpoints, killAtStage: stage } };
      const killed = await runChild(child, task, join(folder, `${stage}.json`));
      expect(killed.signal, killed.stderr).toBe('SIGKILL');
      const newest = await newestCheckpoint(checkpoints);
      expect(newest?.step).toBe(stage === 'promoted' || stage === 'rotated' ? 6 : 3);
      expect(readdirSync(checkpoints).filter((name) => name.includes('.tmp'))).toEqual([]);
    },
  );

  it('F12 stops after the step when asked, keeps a checkpoint, and goes on bit-equal', async () => {
    const stop = new AbortController();
    const run = await prepareRun({ ...at('stopped'), sample: { ...config.sample, every: 0 } }, shared);
    const hooks = { signal: stop.signal, onStep: ({ step }: { step: number }) => void (step === 8 && stop.abort()) };
    const stopped = await trainRun(run, hooks);
    expect(stopped).toMatchObject({ status: 'stopped', step: 8 });
    expect(await checkpointSteps(join(stopped.folder, 'checkpoints'))).toEqual([8, 6]);
    expect(existsSync(join(stopped.folder, 'delta.safetensors'))).toBe(true);

    const finished = await resumeRun(stopped.folder, shared);
    expect(finished).toMatchObject({ status: 'finished', step: 20 });
    expect(deltaOf(finished.folder).equals(deltaOf(whole))).toBe(true);
    expect(await lossesOf(finished.folder)).toEqual(await lossesOf(whole));
  });

  it('G9 goes on after its end only when more steps are asked for', async () => {
    const cfg = { ...at('short'), steps: 5, sample: { ...config.sample, every: 0 } };
    const short = await trainRun(await prepareRun(cfg, shared));
    const steps: number[] = [];
    const again = await resumeRun(short.folder, shared, { onStep: ({ step }) => void steps.push(step) });
    expect([again.status, steps]).toEqual(['finished', []]);
    await expect(resumeRun(short.folder, { ...shared, steps: 4 })).rejects.toThrow(/not more than/);

    const extended = await resumeRun(short.folder, { ...shared, steps: 20 });
    expect(extended.step).toBe(20);
    expect(deltaOf(extended.folder).equals(deltaOf(whole))).toBe(true);
  });
});

describe('G6 a resume with something else', () => {
  it('refuses a changed configuration and changed pictures, naming the differences', async () => {
    const pictures = await tinyConcept(join(folder, 'other'), 7);
    const cfg = { ...at('changed'), concepts: [{ ...config.concepts[0]!, folder: pictures }] };
    const prepared = await prepareRun(cfg, tinyOptions);
    const created = await createRunFolder(cfg);
    await writeRunConfig(created, cfg);
    const progress = { step: 3, notFiniteInARow: 0 };
    await saveCheckpoint(created.checkpoints, (await freshStart(prepared)).state, progress, prepared.identity, {
      keep: 1,
    });
    const run = created.folder;

    const path = join(run, 'config.json');
    const original = readFileSync(path, 'utf8');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(original), seed: 43, learningRate: 2e-3 }));
    await expect(resumeRun(run, tinyOptions)).rejects.toThrow(
      /config\.learningRate: 0\.001 → 0\.002.*config\.seed: 42 → 43/,
    );
    writeFileSync(path, original);

    await tinyConcept(pictures, 8);
    await expect(resumeRun(run, tinyOptions)).rejects.toThrow(/concepts\[0\]\.pictures\.picture-0\.png\.sha256: "/);
    await expect(resumeRun(join(folder, 'nothing'), tinyOptions)).rejects.toThrow(/no config\.json/);
  });
});
