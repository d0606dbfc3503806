import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { scoreCommand } from '../../native-runtime/cli/score';
import { studyCommand, type StudyOptions } from '../../native-runtime/cli/study';
import { Console } from '../../native-runtime/cli/console';
import { temporaryFolder } from '../support/temporaryFolder';
import { tinyBase, tinyConcept } from '../support/tinyRun';
import { writeUntrainedScorer } from '../support/untrainedScorer';

const folder = temporaryFolder();
const output = join(folder, 'study');
const concepts = [join(folder, 'mochi-cat'), join(folder, 'biscuit-dog')] as const;
let scorerFolder = '';

const silent = () => {
  const lines: string[] = [];
  const stream = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  return { lines, console: new Console({ out: stream, err: stream, terminal: false }, false) };
};
const options = (changes: Partial<StudyOptions> = {}): StudyOptions => ({
  base: tinyBase,
  modes: ['crossattn-kv', 'crossattn'],
  seeds: 3,
  steps: 2,
  priorCount: 2,
  sampleSteps: 2,
  guidance: 1,
  threads: 1,
  scorerFolder,
  output,
  ...changes,
});
const changedAt = (...path: string[]) => statSync(join(output, ...path)).mtimeMs;

beforeAll(async () => {
  scorerFolder = await writeUntrainedScorer(join(folder, 'scorer'));
  for (const [i, concept] of concepts.entries()) await tinyConcept(concept, i + 1);
  await studyCommand(silent().console, concepts, options());
}, 240_000);

describe('a study', () => {
  it('leaves a run, pictures, a grid, a table and data for each mode and prompt', () => {
    const rows = ['base', 'crossattn-kv', 'crossattn'].flatMap((mode) => [`${mode}-1`, `${mode}-2`]);
    expect(readdirSync(join(output, 'runs')).map((name) => name.replace(/^.*?-\d\d-\d\dT\d\d-\d\d-/, ''))).toEqual(
      expect.arrayContaining(['crossattn', 'crossattn-kv']),
    );
    for (const row of rows) {
      expect(readdirSync(join(output, 'pictures', row)).sort()).toEqual(['1.png', '2.png', '3.png', 'origin.json']);
      expect(changedAt(`${row}.png`)).toBeGreaterThan(0);
    }
    const report = JSON.parse(readFileSync(join(output, 'study.json'), 'utf8')) as {
      rows: { mode: string; rates: { verdicts: Record<string, { count: number; total: number }> } }[];
      training: { mode: string; steps: number; trainedParameters: number }[];
    };
    expect(report.rows.map(({ mode }) => mode)).toEqual(rows.map((row) => row.slice(0, -2)));
    for (const { rates } of report.rows)
      expect(Object.values(rates.verdicts).reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(report.training.map(({ mode, steps }) => [mode, steps])).toEqual([
      ['crossattn-kv', 2],
      ['crossattn', 2],
    ]);
    expect(report.training[1]!.trainedParameters).toBeGreaterThan(report.training[0]!.trainedParameters);
    expect(readFileSync(join(output, 'study.md'), 'utf8')).toMatch(/\| crossattn-kv +\| +1 \| /);
  });

  it('goes on where it stopped: finished runs and pictures are used again, what is missing is made', async () => {
    const runs = readdirSync(join(output, 'runs'));
    const before = changedAt('pictures', 'crossattn-1', '1.png');
    const lost = readFileSync(join(output, 'pictures', 'crossattn-kv-2', '2.png'));
    rmSync(join(output, 'pictures', 'crossattn-kv-2', '2.png'));
    const { lines, console } = silent();
    const again = await studyCommand(console, concepts, options());
    expect(readdirSync(join(output, 'runs'))).toEqual(runs);
    expect(changedAt('pictures', 'crossattn-1', '1.png')).toBe(before);
    expect(readFileSync(join(output, 'pictures', 'crossattn-kv-2', '2.png')).equals(lost)).toBe(true);
    expect(lines.filter((line) => line.startsWith('trained already'))).toHaveLength(2);
    expect(again.report.rows).toHaveLength(6);
  });

  it('with other settings trains anew and replaces the pictures of that mode', async () => {
    const runs = readdirSync(join(output, 'runs')).length;
    const [base, old] = [changedAt('pictures', 'base-1', '1.png'), changedAt('pictures', 'crossattn-kv-1', '1.png')];
    await studyCommand(silent().console, concepts, options({ steps: 3, modes: ['crossattn-kv'] }));
    expect(readdirSync(join(output, 'runs'))).toHaveLength(runs + 1);
    expect(changedAt('pictures', 'base-1', '1.png')).toBe(base);
    expect(changedAt('pictures', 'crossattn-kv-1', '1.png')).toBeGreaterThan(old);
  });

  it('makes the delta of a finished run again when it is damaged', async () => {
    const run = readdirSync(join(output, 'runs')).find((name) => name.endsWith('-crossattn'))!;
    const delta = join(output, 'runs', run, 'delta.safetensors');
    const whole = readFileSync(delta);
    writeFileSync(delta, whole.subarray(0, whole.length - 4));
    await studyCommand(silent().console, concepts, options({ modes: ['crossattn'] }));
    expect(readFileSync(delta).equals(whole)).toBe(true);
  });

  it('refuses concepts nobody can recognise, before any work', async () => {
    const stranger = await tinyConcept(join(folder, 'tom-cat'));
    const unused = { output: join(folder, 'unused') };
    const attempt = (changes: Partial<StudyOptions>) =>
      studyCommand(silent().console, [stranger, concepts[1]], options({ ...unused, ...changes }));
    await expect(attempt({})).rejects.toMatchObject({ code: 'bad-input', where: stranger });
    await expect(attempt({ individual: ['mochi-cat'] })).rejects.toMatchObject({ where: '--individual' });
    await expect(attempt({ scorerFolder: join(folder, 'none') })).rejects.toMatchObject({ code: 'not-found' });
    expect(readdirSync(folder)).not.toContain('unused');
  });

  it('does not write into a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    const attempt = studyCommand(silent().console, concepts, options({ output: join(folder, 'file') }));
    await expect(attempt).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('score', () => {
  const settings = { seeds: 2, sampleSteps: 2, guidance: 1, threads: 1 };

  it('measures a base and writes table, data and sheets', async () => {
    const scores = join(folder, 'scores');
    const { value, markdown } = await scoreCommand(silent().console, {
      ...settings,
      base: tinyBase,
      scorerFolder,
      output: scores,
    });
    expect(value).toMatchObject({ kind: 'base', seeds: 2, settings: { steps: 2, guidanceScale: 1, width: 128 } });
    expect(markdown).toContain('| `a cat and a dog on grass` ');
    expect(readdirSync(scores).filter((name) => name.endsWith('.png'))).toHaveLength(11);
    expect(JSON.parse(readFileSync(join(scores, 'score.json'), 'utf8'))).toMatchObject({ kind: 'base', seeds: 2 });
  });

  it('measures a run: its concepts say who is to be recognised', async () => {
    const run = readdirSync(join(output, 'runs'))[0]!;
    const { value } = await scoreCommand(silent().console, {
      ...settings,
      delta: join(output, 'runs', run),
      scorerFolder,
    });
    expect(value).toMatchObject({
      kind: 'fine-tune',
      subjects: [{ individual: 'mochi-cat' }, { individual: 'biscuit-dog' }],
    });
    expect(value.others).toHaveLength(4);
  });

  it('refuses what does not go together', async () => {
    const attempt = (changes: object) => scoreCommand(silent().console, { ...settings, scorerFolder, ...changes });
    await expect(attempt({ scorer: true, rendered: true })).rejects.toMatchObject({ where: '--rendered' });
    await expect(attempt({ individual: ['mochi-cat'] })).rejects.toMatchObject({ where: '--individual' });
    mkdirSync(join(folder, 'empty'));
    await expect(attempt({ scorerFolder: join(folder, 'empty') })).rejects.toMatchObject({ code: 'not-found' });
  });
});
