import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareRun } from '../../native-runtime/train/prepareRun';
import { resumeRun } from '../../native-runtime/train/resumeRun';
import { readRunLog } from '../../native-runtime/train/runLog';
import { trainRun } from '../../native-runtime/train/trainRun';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { temporaryFolder } from '../support/temporaryFolder';
import { tinyBase, tinyConfig, tinyOptions } from '../support/tinyRun';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const folder = temporaryFolder();
const base = join(folder, 'base');
const original = join(tinyBase, 'unet', 'diffusion_pytorch_model.safetensors');
const weights = join(base, 'unet', 'diffusion_pytorch_model.safetensors');
const options = { ...tinyOptions, cacheFolder: join(folder, 'cache') };
let config: ResolvedTrainConfig;
let whole: Buffer;

beforeAll(async () => {
  cpSync(tinyBase, base, { recursive: true });
  config = { ...(await tinyConfig(folder, { steps: 9, checkpointEvery: 3 })), base };
  whole = readFileSync((await trainRun(await prepareRun(config, options))).delta!);
});

/** Puts the weights back, as another file with the same content. */
function putBack(): void {
  const copy = `${weights}.copy`;
  copyFileSync(original, copy);
  renameSync(copy, weights);
}

/** The weights with another number in the middle. */
function otherWeights(): Buffer {
  const bytes = readFileSync(original);
  bytes.writeFloatLE(0.123, bytes.length - 4 * 1000);
  return bytes;
}

/** Trains and does something to the weights after step 5. */
async function trainWhile(change: () => void): Promise<{ run: string; end: Promise<unknown> }> {
  let run = '';
  const training = trainRun(await prepareRun(config, options), {
    onStart: (path) => void (run = path),
    onStep: ({ step }) => void (step === 5 && change()),
  });
  const end = training.then(
    (result) => result,
    (error: unknown) => error,
  );
  await end;
  return { run, end };
}

const changes: [string, () => void, RegExp][] = [
  ['deleted', () => rmSync(weights), /was deleted or moved while it was in use/],
  [
    'replaced by another file',
    () => {
      writeFileSync(`${weights}.new`, otherWeights());
      renameSync(`${weights}.new`, weights);
    },
    /was replaced or written to while it was in use/,
  ],
  ['written to in place', () => writeFileSync(weights, otherWeights(), { flag: 'r+' }), /replaced or written to/],
  [
    'made longer',
    () => writeFileSync(weights, Buffer.alloc(64), { flag: 'a' }),
    /was changed while it was in use: it had \d+ bytes, now \d+/,
  ],
];

beforeEach(putBack);

describe('A29 the weights of the base', () => {
  it.each(changes)('%s in training end the run with its last good checkpoint', async (_, change, problem) => {
    const { run, end } = await trainWhile(change);
    expect(await end).toMatchObject({ code: 'bad-file', where: weights, problem: expect.stringMatching(problem) });
    expect(readdirSync(join(run, 'checkpoints'))).toEqual(['000003']);
    expect((await readRunLog(join(run, 'log.jsonl'))).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8'))).toMatchObject({ status: 'failed', step: 5 });

    // As long as it is not what it was, nothing goes on.
    await expect(resumeRun(run, options)).rejects.toThrow(base);
    putBack();
    const finished = await resumeRun(run, options);
    expect(finished).toMatchObject({ status: 'finished', step: 9 });
    expect(readFileSync(finished.delta!).equals(whole)).toBe(true);
  });

  it('may be touched, or replaced by a copy of the same content', async () => {
    const { end } = await trainWhile(() => {
      utimesSync(weights, new Date(0), new Date(0));
      putBack();
    });
    const { delta } = (await end) as { delta: string };
    expect(readFileSync(delta).equals(whole)).toBe(true);
  });

  it('that were changed before a picture was encoded leave nothing in the cache', async () => {
    const cacheFolder = join(folder, 'empty');
    const vae = join(base, 'vae', 'diffusion_pytorch_model.safetensors');
    const training = trainRun(await prepareRun(config, { ...options, cacheFolder }), {
      onEvent: (event) => {
        if (event.kind === 'progress' && event.part === 'latents' && event.done > 0) rmSync(vae, { force: true });
      },
    });
    await expect(training).rejects.toMatchObject({ code: 'bad-file', where: vae });
    expect(readdirSync(join(cacheFolder, 'latents'))).toEqual([]);
  });
});
