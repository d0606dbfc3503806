import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { loadAttention } from '../../native-runtime/attention/attentionFile';
import { loadDelta } from '../../native-runtime/delta/loadDelta';
import { parseParameters } from '../../native-runtime/sample/parameters';
import { readPngMetadata } from '../../native-runtime/sample/pngMetadata';
import { loadCheckpoint } from '../../native-runtime/train/checkpoint';
import { prepareRun } from '../../native-runtime/train/prepareRun';
import { resumeRun } from '../../native-runtime/train/resumeRun';
import { readRunLog } from '../../native-runtime/train/runLog';
import { trainRun } from '../../native-runtime/train/trainRun';
import { temporaryFolder } from '../support/temporaryFolder';
import { tinyConcept, tinyConfig, tinyOptions } from '../support/tinyRun';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const folder = temporaryFolder();
/** Pictures are drawn and encoded once for all runs of this file. */
const options = { ...tinyOptions, cacheFolder: join(folder, 'cache') };

describe('two concepts with several batches in a step', () => {
  it('E8 move every token and every selected weight; nothing else is in the delta', async () => {
    const single = await tinyConfig(join(folder, 'two'), {
      steps: 4,
      instanceRows: 2,
      gradientAccumulation: 2,
      schedule: 'cosine',
      sample: { every: 4, seeds: [1], steps: 2, guidanceScale: 1, prompts: ['photo of a <new1> cat'] },
    });
    const dog = {
      ...single.concepts[0]!,
      folder: await tinyConcept(join(folder, 'two', 'dog'), 5),
      classNoun: 'dog',
      modifierToken: '<new2>',
    };
    const config = {
      ...single,
      concepts: [single.concepts[0]!, { ...dog, prior: { ...dog.prior, kind: 'none' as const } }],
    };
    const run = await prepareRun(config, options);
    const events: string[] = [];
    const first = await trainRun(run, { onEvent: (event) => void events.push(event.kind) });
    const delta = await loadDelta(first.delta!);
    const start = await run.readInitialWeights();
    expect([...delta.unet.keys()].sort()).toEqual(
      [...start.keys()].filter((name) => !name.startsWith('modifier')).sort(),
    );
    for (const [name, tensor] of delta.unet) expect(tensor.data, name).not.toEqual(start.get(name)!.data);
    const rows = start.get('modifier_rows.0')!.data;
    expect(delta.modifierTokens.get('<new1>')![0]!.data).not.toEqual(rows.slice(0, 16));
    expect(delta.modifierTokens.get('<new2>')![0]!.data).not.toEqual(rows.slice(16));
    expect(delta.metadata).toMatchObject({
      modifier_tokens: '["<new1>","<new2>"]',
      class_nouns: '["cat","dog"]',
      mode: 'crossattn-kv',
      steps: '4',
      learning_rate: '0.001',
      base_fingerprint: run.base.fingerprint,
    });
    expect(events).not.toContain('warning');

    const log = await readRunLog(join(first.folder, 'log.jsonl'));
    expect(log.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(log[0]!.timesteps).toHaveLength(6);
    expect(
      log.every(({ instanceLosses, priorLoss, gradientNorm }) =>
        [...instanceLosses, priorLoss, gradientNorm].every((x) => x! > 0),
      ),
    ).toBe(true);
    expect(log.map(({ learningRate }) => learningRate)).toEqual(
      [...log.map(({ learningRate }) => learningRate)].sort((a, b) => b - a),
    );

    const sample = join(first.folder, 'samples', 'step-000004');
    expect(readdirSync(sample).sort()).toEqual(['1-1.attention.safetensors', '1-1.png', 'grid.png']);
    const { parameters, record } = await readPngMetadata(join(sample, '1-1.png'));
    expect(parseParameters(parameters!).fields.get('Sampler')).toBe('DDIM');
    expect(record).toMatchObject({ scheduler: 'ddim', trainingStep: 4 });
    expect(
      (await loadAttention(join(sample, '1-1.attention.safetensors'))).words.some(({ text }) => text === '<new1>'),
    ).toBe(true);
  });
});

describe('E1 steps that are not finite', () => {
  it('change nothing, are reported, and end the run after three in a row with the last good state', async () => {
    const config = await tinyConfig(join(folder, 'nan'), { steps: 9, checkpointEvery: 1, keepCheckpoints: 20 });
    const warnings: string[] = [];
    const onFeeds = (step: number, feeds: Record<string, { data: ArrayLike<unknown> }>) => {
      if (step === 2 || step >= 5) (feeds.latents!.data as Float32Array)[0] = NaN;
    };
    let run = '';
    const training = trainRun(await prepareRun(config, options), {
      onFeeds,
      onStart: (path) => void (run = path),
      onEvent: (event) => void (event.kind === 'warning' && warnings.push(event.message)),
    });
    await expect(training).rejects.toThrow(/not finite 3 steps in a row; the state of step 4 is kept/);
    const log = await readRunLog(join(run, 'log.jsonl'));
    expect(log.map(({ applied }) => applied)).toEqual([true, false, true, true, false, false, false]);
    expect(warnings.filter((text) => text.includes('not finite'))).toHaveLength(4);
    const at = (step: number) => loadCheckpoint(join(run, 'checkpoints', `00000${step}`));
    expect((await at(2)).state).toEqual((await at(1)).state);
    expect((await at(3)).state.weights).not.toEqual((await at(2)).state.weights);
    const last = await at(6);
    expect([last.notFiniteInARow, last.state.updates]).toEqual([2, 3]);
    expect(last.state).toEqual((await at(4)).state);
    expect(JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8'))).toMatchObject({
      status: 'failed',
      step: 4,
      device: 'cpu',
    });
  });
});

describe('G3 a disk that fills up', () => {
  it('ends the run with the earlier checkpoint; it goes on once there is space', async () => {
    const config = await tinyConfig(join(folder, 'full'), { steps: 3, checkpointEvery: 1 });
    let run = '';
    const training = trainRun(await prepareRun(config, options), {
      onStart: (path) => void (run = path),
      onSaveStage: (stage, step) => {
        if (stage === 'state' && step === 2) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
    });
    await expect(training).rejects.toMatchObject({ code: 'disk-full' });
    expect(readdirSync(join(run, 'checkpoints'))).toEqual(['000001']);
    const finished = await resumeRun(run, options);
    expect(finished).toMatchObject({ status: 'finished', step: 3 });
    expect((await readRunLog(join(run, 'log.jsonl'))).map(({ step }) => step)).toEqual([1, 2, 3]);
  });
});
