import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Console } from '../../native-runtime/cli/console';
import { runDemo } from '../../native-runtime/cli/demo';
import { runCommandLine } from '../../native-runtime/cli/main';
import { bundledCommandLine } from '../support/bundledCommandLine';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture } from '../support/tinyBases';

const bundle = bundledCommandLine();
const base = fixture('sd1', 'base');
const cat = join(__dirname, '../../media/concepts/mochi-cat');
const folder = temporaryFolder();
const quick = [
  '--prior',
  'none',
  '--resolution',
  '64',
  '--instance-rows',
  '1',
  '--sample-every',
  '0',
  '--no-augmentation',
  '--no-flip',
];
const trainArgs = (output: string) => [
  'train',
  '--base',
  base,
  '--output',
  output,
  '--concept',
  cat,
  '--class',
  'cat',
  ...quick,
];

class Collected extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs a command inside this process with --json. */
async function json(...args: string[]) {
  const [out, err] = [new Collected(), new Collected()];
  const status = await runCommandLine([...args, '--json'], { out, err, terminal: false });
  expect({ status, err: status ? err.text : '' }).toEqual({ status: 0, err: '' });
  return { result: JSON.parse(out.text), notes: err.text };
}

describe('a run and its pictures from the command line', () => {
  let run: { folder: string; delta: string };
  let sampled: { pictures: { path: string; variant: string; prompt: string }[]; grids: string[] };
  const pictures = join(folder, 'pictures');

  beforeAll(async () => {
    const trained = await json(...trainArgs(join(folder, 'runs')), '--steps', '3', '--name', 'mochi');
    expect(trained.result).toMatchObject({ status: 'finished', step: 3 });
    expect(trained.notes).toMatch(/training 3\/3/);
    run = trained.result;
    const size = ['--size', '64', '--steps', '2', '--seeds', '1-2'];
    const prompt = ['--prompt', 'photo of a <new1> cat', '--prompt', 'a dog'];
    // The run brings its own base model.
    const made = await json(
      'sample',
      '--delta',
      run.folder,
      ...prompt,
      ...size,
      '--compare',
      '--attention',
      'layers',
      '--output',
      pictures,
    );
    sampled = made.result;
  }, 300_000);

  it('train leaves a run folder that inspect describes', async () => {
    const { result } = await json('inspect', run.folder);
    expect(result).toMatchObject({
      kind: 'run',
      status: 'finished',
      step: 3,
      learns: 'crossattn-kv',
      checkpoints: [3],
      delta: run.delta,
    });
    expect((await json('inspect', run.delta)).result).toMatchObject({
      kind: 'custom diffusion delta',
      modifierTokens: ['<new1> (width 16)'],
      trained: ['attn2.to_k', 'attn2.to_v'],
      metadata: { steps: '3' },
    });
    expect((await json('inspect', join(run.folder, 'checkpoints', '000003'))).result).toMatchObject({
      kind: 'checkpoint',
      step: 3,
    });
  });

  it('sample draws the base without the new word and the fine-tune with it, and one grid', () => {
    expect(sampled.pictures.map(({ variant, prompt }) => `${variant}: ${prompt}`)).toEqual([
      ...Array<string>(2).fill('base: photo of a cat'),
      ...Array<string>(2).fill('fine-tune: photo of a <new1> cat'),
      ...Array<string>(2).fill('base: a dog'),
      ...Array<string>(2).fill('fine-tune: a dog'),
    ]);
    expect(sampled.grids).toEqual([join(pictures, 'compare-0001.png')]);
    expect(sampled.pictures.every(({ path }) => existsSync(path))).toBe(true);
  });

  it('a picture says how it was made', async () => {
    const { result } = await json('inspect', sampled.pictures[2]!.path);
    expect(result).toMatchObject({
      kind: 'picture',
      size: '64×64',
      parameters: { prompt: 'photo of a <new1> cat', Seed: '1', Steps: '2', 'Delta strength': '1' },
      record: { seed: 1, delta: { tokens: ['<new1>'], strength: 1 } },
    });
  });

  it('attention shows the saved maps of chosen words, their overlap, and of a layer', async () => {
    const picture = sampled.pictures[2]!.path;
    const each = join(folder, 'each');
    const { result } = await json(
      'attention',
      picture,
      '--words',
      '<new1>+cat,photo',
      '--style',
      'contour',
      '--each',
      each,
    );
    expect(result.words.map(({ text }: { text: string }) => text)).toEqual(['<new1> cat', 'photo']);
    expect(result.overlaps).toHaveLength(1);
    expect(result.overlaps[0].overlap).toBeGreaterThan(0);
    expect(readdirSync(each)).toEqual(['01-new1-cat.png', '02-photo.png']);
    expect(result.sheet).toBe(picture.replace('.png', '.attention.png'));
    const layer = 'up_blocks.1.attentions.0.transformer_blocks.0.attn2';
    const ofLayer = await json(
      'attention',
      picture,
      '--words',
      'photo',
      '--layer',
      layer,
      '--output',
      join(folder, 'layer.png'),
    );
    expect(ofLayer.result.words[0].mass).not.toBe(result.words[1].mass);
  });

  it('attention looks at any picture with a prompt', async () => {
    const output = join(folder, 'looked.png');
    const args = [
      '--delta',
      run.delta,
      '--prompt',
      'photo of a <new1> cat',
      '--timestep',
      '300',
      '--size',
      '64',
      '--output',
      output,
    ];
    const { result } = await json('attention', join(cat, '01.png'), ...args);
    expect(result.words.map(({ text }: { text: string }) => text)).toEqual(['photo', 'of', 'a', '<new1>', 'cat']);
    expect(existsSync(output)).toBe(true);
  });

  it('train --resume goes on beyond the end', async () => {
    const { result } = await json('train', '--resume', run.folder, '--steps', '4');
    expect(result).toMatchObject({ folder: run.folder, status: 'finished', step: 4 });
  });

  it('estimate says what a run takes and writes nothing', async () => {
    const output = join(folder, 'never');
    const { result } = await json('estimate', ...trainArgs(output).slice(1));
    expect(result).toMatchObject({ pictures: [8], steps: 250 });
    expect(result.memory.total).toBeGreaterThan(result.memory.mappedWeights);
    expect(result.seconds).toBeCloseTo(250 * result.secondsPerStep, 5);
    expect(existsSync(output)).toBe(false);
  });
});

describe('Ctrl-C', () => {
  it('once stops after the step with a checkpoint and status 130', async () => {
    const runs = join(folder, 'stopped');
    const child = spawn(process.execPath, [bundle, ...trainArgs(runs), '--steps', '100000'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => {
      const before = err.includes('training 1/');
      err += data.toString();
      if (!before && err.includes('training 1/')) child.kill('SIGINT');
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, err: err.includes('Press Ctrl-C again') }).toEqual({ status: 130, err: true });
    const [name] = readdirSync(runs).filter((entry) => !entry.startsWith('.'));
    const step = /Stopped after step (\d+)/.exec(out)![1]!;
    expect(readdirSync(join(runs, name!, 'checkpoints'))).toEqual([step.padStart(6, '0')]);
  }, 300_000);

  it('twice stops at once', async () => {
    const child = spawn(process.execPath, [bundle, ...trainArgs(join(folder, 'killed')), '--steps', '100000'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let presses = 0;
    child.stderr.on('data', (data: Buffer) => {
      if (presses === 0 && data.toString().includes('run folder')) child.kill('SIGINT');
      if (presses === 1 && data.toString().includes('Press Ctrl-C again')) child.kill('SIGINT');
      presses = data.toString().includes('run folder') ? 1 : presses;
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  });
});

describe('the demonstration', () => {
  it('trains, draws before and after, and shows every word', async () => {
    const [out, err] = [new Collected(), new Collected()];
    const result = await runDemo(new Console({ out, err, terminal: false }, false), {
      output: join(folder, 'demo'),
      base,
      train: { steps: 3, priorRows: 0, resolution: 64, instanceRows: 1, augmentation: false },
      sampleSteps: 1,
      seeds: [1],
    });
    expect(err.text).toMatch(/steps 1-1 {2}\d\.\d{4} {2}█+\n/);
    expect(existsSync(result!.delta)).toBe(true);
    expect([result!.grid, ...result!.attention].every((path) => existsSync(path))).toBe(true);
    expect(result!.attention.map((path) => path.slice(join(folder, 'demo').length))).toContain(
      '/attention/02-new1.png',
    );
  });
});
