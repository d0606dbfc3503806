import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../native-runtime/cli/main';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture } from '../support/tinyBases';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const folder = temporaryFolder();
const base = fixture('sd1', 'base');
const photo = join(__dirname, '../../media/concepts/mochi-cat/01.png');
const made: Record<string, string> = {};

class Collected extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function command(...args: string[]) {
  const [out, err] = [new Collected(), new Collected()];
  const status = await runCommandLine([...args, '--json'], { out, err, terminal: false });
  return { status, out: out.text, err: err.text };
}

interface Shown {
  sheet: string;
  words: { text: string; mass: number }[];
}

async function shown(picture: string, ...args: string[]): Promise<Shown> {
  const output = join(folder, `${args.join('') || 'mean'}.png`);
  const { status, out, err } = await command('attention', picture, '--words', 'cat', '--output', output, ...args);
  expect({ status, err: status ? err : '' }).toEqual({ status: 0, err: '' });
  return JSON.parse(out) as Shown;
}

beforeAll(async () => {
  const flags = ['--prompt', 'photo of a cat', '--size', '64', '--steps', '3', '--seeds', '1', '--guidance', '2'];
  for (const detail of ['steps', 'mean']) {
    const output = join(folder, detail);
    const { out, err } = await command('sample', '--base', base, ...flags, '--attention', detail, '--output', output);
    expect(err).not.toContain('error');
    made[detail] = (JSON.parse(out) as { pictures: { path: string }[] }).pictures[0]!.path;
  }
});

describe('attention --step', () => {
  it('keeps its sheet apart from that of the mean and those of other parts', async () => {
    const sheetOf = async (...args: string[]) => {
      const { out } = await command('attention', made.steps!, '--words', 'cat', ...args);
      return (JSON.parse(out) as Shown).sheet;
    };
    const stem = made.steps!.replace(/\.png$/, '');
    expect(await sheetOf()).toBe(`${stem}.attention.png`);
    const mean = readFileSync(`${stem}.attention.png`);
    expect(await sheetOf('--step', '2')).toBe(`${stem}.attention.step-2.png`);
    expect(readFileSync(`${stem}.attention.png`).equals(mean)).toBe(true);
  });

  it('shows the maps of one step, and the mean is that of all steps', async () => {
    const mean = await shown(made.steps!);
    const steps: Shown[] = [];
    for (const step of ['1', '2', '3']) steps.push(await shown(made.steps!, '--step', step));
    const masses = steps.map(({ words }) => words[0]!.mass);
    expect(new Set(masses).size).toBe(3);
    expect(masses.reduce((sum, mass) => sum + mass, 0) / 3).toBeCloseTo(mean.words[0]!.mass, 4);
    expect(readFileSync(steps[0]!.sheet).equals(readFileSync(mean.sheet))).toBe(false);
  });

  it.each<[string, () => string[], RegExp]>([
    ['a step beyond the last', () => [made.steps!, '--step', '4'], /--step: there are no maps of step 4\. .*1 to 3/],
    ['step 0', () => [made.steps!, '--step', '0'], /--step <n>.*Give a whole number of at least 1/],
    [
      'maps without steps',
      () => [made.mean!, '--step', '1'],
      /--step: there are no maps of step 1\. .*--attention steps/,
    ],
    ['a layer as well', () => [made.steps!, '--step', '1', '--layer', 'x'], /--step: a layer is chosen as well/],
    [
      'a picture that is looked at anew',
      () => [photo, '--base', base, '--prompt', 'a cat', '--step', '1'],
      /--step: needs the maps of every step/,
    ],
    ['a seed for saved maps', () => [made.steps!, '--seed', '1'], /--seed: has no effect on saved maps/],
  ])('%s is refused and nothing is written', async (_, args, line) => {
    const output = join(folder, 'refused.png');
    const { status, err } = await command('attention', ...args(), '--output', output);
    expect(err).toMatch(line);
    expect({ status, written: existsSync(output) }).toEqual({ status: 2, written: false });
  });
});
