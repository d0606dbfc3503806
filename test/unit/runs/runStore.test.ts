import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RunLock } from '../../../native-runtime/train/runLock';
import { writeHostNote } from '../../../src/runs/hostNote';
import { readRunHistory } from '../../../src/runs/runHistory';
import { RunStore } from '../../../src/runs/runStore';
import { readRunSummary } from '../../../src/runs/runSummary';
import { temporaryFolder } from '../../support/temporaryFolder';

// Others may use the processor.
const patience = { timeout: 20_000 };

const root = temporaryFolder();
let count = 0;

const config = {
  base: 'pocket',
  name: 'cat',
  mode: 'crossattn-kv',
  steps: 20,
  concepts: [{ folder: '/pictures/cat', classNoun: 'cat', modifierToken: '<new1>', weight: 1 }],
  sample: { prompts: ['photo of a <new1> cat', 'a <new1> cat on grass'] },
  seed: 42,
};
const line = (step: number, loss: number | null = 1 / step) =>
  `${JSON.stringify({
    step,
    loss,
    instanceLosses: [0.5],
    priorLoss: null,
    gradientNorm: 1,
    learningRate: 1e-3,
    modifierLearningRate: 1e-3,
    timesteps: [1, 2, 3, 4, 5, 6, 7, 8],
    applied: loss !== null,
    seconds: 0.1,
    rssBytes: 1e8,
  })}\n`;

interface Parts {
  config?: unknown;
  manifest?: unknown;
  log?: string;
}

/** A run folder; texts are written as they are, everything else as JSON. */
function runFolder(parts: Parts = {}, name = `2026-11-23T03-23-cat-${count++}`, inside = root): string {
  const folder = join(inside, name);
  mkdirSync(folder, { recursive: true });
  const all = { 'config.json': config, 'log.jsonl': line(1) + line(2), ...rename(parts) };
  for (const [file, content] of Object.entries(all))
    if (content !== undefined)
      writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}
function rename(parts: Parts): Record<string, unknown> {
  const names = { config: 'config.json', manifest: 'manifest.json', log: 'log.jsonl' } as const;
  return Object.fromEntries(Object.entries(parts).map(([part, value]) => [names[part as keyof Parts], value]));
}
const manifest = (status: string, step: number, more = {}) => ({
  format: 'custom-diffusion-run',
  version: 1,
  tool: '0.1.0',
  status,
  step,
  ...more,
});

describe('how a run stands', () => {
  it('tells everything of a finished run', async () => {
    const folder = runFolder({ manifest: manifest('finished', 2) });
    writeFileSync(join(folder, 'delta.safetensors'), '');
    for (const [name, file] of [
      ['000002', 'manifest.json'],
      ['000001', 'manifest.json'],
      ['000003', 'state.safetensors'],
      ['000001 (copy)', 'manifest.json'],
    ] as const) {
      mkdirSync(join(folder, 'checkpoints', name), { recursive: true });
      writeFileSync(join(folder, 'checkpoints', name, file), '');
    }
    expect(await readRunSummary(folder)).toEqual({
      folder,
      name: 'cat',
      state: 'finished',
      step: 2,
      steps: 20,
      lastLoss: 0.5,
      mode: 'crossattn-kv',
      concepts: [{ folder: '/pictures/cat', classNoun: 'cat', modifierToken: '<new1>' }],
      base: 'pocket',
      delta: join(folder, 'delta.safetensors'),
      checkpoints: [1, 2].map((step) => ({ step, folder: join(folder, 'checkpoints', `00000${step}`) })),
      startedAt: new Date(2026, 10, 23, 3, 23).getTime(),
    });
  });

  it('F7 a living process runs it; when it is gone, the run is interrupted at its last step', async () => {
    const folder = runFolder({ manifest: manifest('running', 0) });
    const lock = await RunLock.acquire(folder);
    expect(await readRunSummary(folder)).toMatchObject({ state: 'running', step: 2, holder: { pid: process.pid } });
    await lock.release();
    expect(await readRunSummary(folder)).toMatchObject({ state: 'interrupted', step: 2 });
  });

  it.each([
    ['whose process is gone', { pid: 2 ** 22 + 1, host: hostname(), started: '' }, 'interrupted'],
    ['whose number another process has', { pid: process.pid, host: hostname(), started: 'before/1' }, 'interrupted'],
    ['of another machine', { pid: 1, host: 'elsewhere', started: '' }, 'running'],
    ['that is damaged', '{"pid": 1', 'interrupted'],
  ])('F7 a lock %s: %s', async (_, lock, state) => {
    const folder = runFolder({ manifest: manifest('running', 0) });
    writeFileSync(join(folder, 'lock.json'), typeof lock === 'string' ? lock : JSON.stringify(lock));
    expect((await readRunSummary(folder))!.state).toBe(state);
  });

  it.each([
    ['stopped', undefined, 'stopped'],
    ['stopped', { stop: 'pause', step: 2 }, 'paused'],
    ['stopped', { stop: 'pause', step: 1 }, 'stopped'],
    ['running', { stop: 'now', step: 2 }, 'stopped'],
    ['running', { stop: 'now', step: 1 }, 'interrupted'],
    ['finished', { stop: 'pause', step: 2 }, 'finished'],
  ] as const)('I4 a run that is %s with the note %o is %s', async (status, note, state) => {
    const folder = runFolder({ manifest: manifest(status, 2) });
    if (note) await writeHostNote(folder, note);
    expect((await readRunSummary(folder))!.state).toBe(state);
  });

  it('a failed run says why; one that died before its first step has none', async () => {
    const failed = runFolder({ manifest: manifest('failed', 2, { error: 'the disk is full' }) });
    expect(await readRunSummary(failed)).toMatchObject({ state: 'failed', error: 'the disk is full' });
    const early = runFolder({ log: undefined });
    expect(await readRunSummary(early)).toMatchObject({ state: 'interrupted', step: 0, checkpoints: [] });
  });
});

describe('damaged files', () => {
  it.each([
    ['a configuration that is cut off', { config: '{"base": "po' }, /config.json cannot be read: it is not JSON/],
    ['a configuration of a wrong type', { config: { ...config, steps: 'many' } }, /config.json: steps: /],
    ['a configuration that is a list', { config: [] }, /config.json: /],
    ['no configuration', { config: undefined, manifest: manifest('finished', 2) }, /config.json is missing/],
    [
      'a manifest of a newer version',
      { manifest: { ...manifest('finished', 2), version: 9 } },
      /manifest.json: version/,
    ],
    ['an empty manifest', { manifest: '' }, /manifest.json cannot be read/],
  ] as [string, Parts, RegExp][])('G5 %s shows the run as damaged', async (_, parts, error) => {
    expect(await readRunSummary(runFolder(parts))).toMatchObject({
      state: 'damaged',
      error: expect.stringMatching(error) as string,
    });
  });

  it('a folder where a file should be, and a log of junk, do no harm', async () => {
    const folder = runFolder({ manifest: manifest('stopped', 2), log: 'junk\n{"step":\n\u0000\n[1]\n{"step":"x"}\n' });
    mkdirSync(join(folder, 'lock.json'));
    mkdirSync(join(folder, 'host.json'));
    expect(await readRunSummary(folder)).toMatchObject({ state: 'stopped', step: 2 });
    expect((await readRunHistory(folder)).steps).toEqual([]);
  });

  it('a last line that is half written is passed over, and the last loss is the last finite one', async () => {
    const log = line(1) + line(2) + line(3, null) + line(4).slice(0, 20);
    const folder = runFolder({ manifest: manifest('running', 0), log });
    expect(await readRunSummary(folder)).toMatchObject({ step: 3, lastLoss: 0.5 });
    expect((await readRunHistory(folder)).steps.map(({ step, loss }) => [step, loss])).toEqual([
      [1, 1],
      [2, 0.5],
      [3, null],
    ]);
  });

  it('a folder that holds no run is none', async () => {
    const folder = join(root, 'other');
    mkdirSync(folder);
    expect(await readRunSummary(folder)).toBeUndefined();
  });
});

describe('long and resumed runs', () => {
  it('reads 10,000 steps whole, and only the end for the list', async () => {
    const log = Array.from({ length: 10_000 }, (_, i) => line(i + 1)).join('');
    const folder = runFolder({ manifest: manifest('running', 0), log });
    const before = performance.now();
    const summary = await readRunSummary(folder);
    const summaryMs = performance.now() - before;
    const { steps } = await readRunHistory(folder);
    const historyMs = performance.now() - before - summaryMs;
    expect(summary).toMatchObject({ step: 10_000, lastLoss: 1e-4 });
    expect(steps).toHaveLength(10_000);
    // Reading the end must not depend on the length.
    expect(summaryMs).toBeLessThan(historyMs);
  });

  it('reads lines of any ending, and a last one that has none', async () => {
    const folder = runFolder({ log: `${line(1).trimEnd()}\r\n${line(2)}${line(3).trimEnd()}` });
    expect((await readRunHistory(folder)).steps.map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  it('looks further back when the end of the log is one long line', async () => {
    const folder = runFolder({ manifest: manifest('running', 0), log: line(7) + 'x'.repeat(200_000) });
    expect(await readRunSummary(folder)).toMatchObject({ step: 7 });
  });

  it('a step that comes again replaces what came after it', async () => {
    const folder = runFolder({ log: line(1) + line(2) + line(3) + line(2, 9) });
    expect((await readRunHistory(folder)).steps.map(({ step, loss }) => [step, loss])).toEqual([
      [1, 1],
      [2, 9],
    ]);
  });

  it('finds the sample grids with their prompts and attention', async () => {
    const folder = runFolder();
    const grid = (step: string, files: string[]) => {
      mkdirSync(join(folder, 'samples', step), { recursive: true });
      files.forEach((file) => writeFileSync(join(folder, 'samples', step, file), ''));
      return (file: string) => join(folder, 'samples', step, file);
    };
    const second = grid('step-000010', ['grid.png', '2-1.png', '1-10.png', '1-2.png', '1-2.attention.safetensors']);
    const first = grid('step-000005', ['1-1.png']);
    grid('.abc.tmp', ['1-1.png']);
    const [cat, grass] = config.sample.prompts as [string, string];
    expect((await readRunHistory(folder)).grids).toEqual([
      { step: 5, pictures: [{ path: first('1-1.png'), prompt: cat, seed: 1 }] },
      {
        step: 10,
        gridPath: second('grid.png'),
        pictures: [
          { path: second('1-2.png'), prompt: cat, seed: 2, attentionPath: second('1-2.attention.safetensors') },
          { path: second('1-10.png'), prompt: cat, seed: 10 },
          { path: second('2-1.png'), prompt: grass, seed: 1 },
        ],
      },
    ]);
  });
});

describe('the list', () => {
  /** A store over folders of its own, whose watcher is fired by hand. */
  function store(names: string[] = ['a']) {
    const roots = names.map((name) => join(root, `list-${count++}-${name}`));
    const watched = new Map<string, () => void>();
    const runs = new RunStore({
      roots: () => roots,
      debounceMs: 30,
      pollMs: 40,
      watch: (folder, onChange) => {
        watched.set(folder, onChange);
        return { dispose: () => void watched.delete(folder) };
      },
    });
    onTestFinished(() => runs.dispose());
    return { runs, roots, watched };
  }

  it('has the runs of all roots, newest first, and lives without any', async () => {
    const { runs, roots } = store(['a', 'b']);
    expect(await runs.refresh()).toEqual([]);
    const old = runFolder({ manifest: manifest('finished', 2) }, '2026-01-01T10-00-cat', roots[0]);
    const recent = runFolder({ manifest: manifest('stopped', 2) }, '2026-02-01T10-00-cat', roots[1]);
    mkdirSync(join(roots[0]!, 'no run'));
    writeFileSync(join(roots[0]!, 'file'), '');
    symlinkSync('loop', join(roots[0]!, 'loop'));
    expect((await runs.refresh()).map(({ folder }) => folder)).toEqual([recent, old]);
    expect(runs.find(old)!.state).toBe('finished');
  });

  it('tells changes once, also while files change all the time', async () => {
    const { runs, roots, watched } = store();
    await runs.refresh();
    const changed = vi.fn();
    runs.onDidChange(changed);
    const folder = runFolder({ manifest: manifest('stopped', 2) }, '2026-01-01T10-00-cat', roots[0]);
    const busy = setInterval(() => watched.get(roots[0]!)!(), 5);
    onTestFinished(() => clearInterval(busy));
    await vi.waitFor(() => expect(runs.runs).toHaveLength(1), patience);
    appendFileSync(join(folder, 'log.jsonl'), line(3));
    await vi.waitFor(() => expect(runs.runs[0]!.step).toBe(3), patience);
    clearInterval(busy);
    expect(changed).toHaveBeenCalledTimes(2);
    rmSync(folder, { recursive: true });
    watched.get(roots[0]!)!();
    await vi.waitFor(() => expect(runs.runs).toEqual([]), patience);
  });

  it('F3 notices the death of a process, which changes no file', async () => {
    const { runs, roots } = store();
    const folder = runFolder({ manifest: manifest('running', 0) }, '2026-01-01T10-00-cat', roots[0]);
    const lock = await RunLock.acquire(folder);
    await runs.refresh();
    expect(runs.runs[0]!.state).toBe('running');
    await lock.release();
    await vi.waitFor(() => expect(runs.runs[0]!.state).toBe('interrupted'), patience);
  });

  it('a change during a look is not missed', async () => {
    const { runs, roots } = store();
    const first = runs.refresh();
    runFolder({ manifest: manifest('finished', 2) }, '2026-01-01T10-00-cat', roots[0]);
    await Promise.all([first, runs.refresh()]);
    expect(runs.runs).toHaveLength(1);
  });

  it('watches no more after its end', async () => {
    const { runs, watched } = store();
    await runs.refresh();
    expect(watched.size).toBe(1);
    runs.dispose();
    expect(watched.size).toBe(0);
  });
});
