import { formatBytes } from '../../../native-runtime/formatBytes';
import { Writable } from 'node:stream';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { Console } from '../../../native-runtime/cli/console';
import { describeFailure } from '../../../native-runtime/cli/errorLine';
import { formatCount, formatDuration, formatFacts, formatTable } from '../../../native-runtime/cli/formatting';
import { lossChart } from '../../../native-runtime/cli/lossChart';
import { ProgressBar } from '../../../native-runtime/cli/progressBar';
import { ProductError } from '../../../src/common/errors';

class Collected extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('formatting', () => {
  it('says durations, sizes and counts', () => {
    expect([0.04, 9.96, 59.6, 125, 7260].map(formatDuration)).toEqual([
      '0.0 s',
      '10.0 s',
      '1 min 00 s',
      '2 min 05 s',
      '2 h 01 min',
    ]);
    expect([0, 999, 1000, 1.44e6, 2.134e9, 999.6e3].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '1.44 MB',
      '2.13 GB',
      '1 MB',
    ]);
    expect([7, 1000, 19169280].map(formatCount)).toEqual(['7', '1,000', '19,169,280']);
  });

  it('aligns tables', () => {
    expect(
      formatTable(
        [
          ['a', 'n'],
          ['long', '10'],
        ],
        [1],
      ),
    ).toBe('a      n\nlong  10');
  });

  it('prints facts as indented lines, without control characters', () => {
    const facts = {
      familyName: 'x',
      'a.b_C': 1,
      gone: undefined,
      list: [],
      parts: [{ size: 12345 }],
      text: 'a\u001b[31m\nb',
    };
    expect(formatFacts(facts)).toBe(
      'family name: x\na.b_C: 1\nlist: none\nparts:\n  -\n    size: 12,345\ntext: a�[31m ⏎ b',
    );
  });
});

describe('progress without a terminal', () => {
  it('writes lines at most every five seconds, the last always, with the time left', () => {
    let time = 0;
    const stream = new Collected();
    const bar = new ProgressBar(stream, false, 'training', 10, () => time);
    for (let step = 1; step <= 10; step++) {
      time += 2000;
      bar.update(step, `loss ${step}`);
    }
    bar.update(10);
    expect(stream.text.split('\n')).toEqual([
      'training 1/10 · 18 s left · loss 1',
      'training 4/10 · 12 s left · loss 4',
      'training 7/10 · 6.0 s left · loss 7',
      'training 10/10 · 20 s',
      '',
    ]);
  });
});

describe('the console', () => {
  it('prints JSON alone on standard output', () => {
    const [out, err] = [new Collected(), new Collected()];
    const console = new Console({ out, err, terminal: false }, true);
    console.note('working');
    console.warn('odd');
    console.result({ a: 1 }, 'a is 1');
    expect(JSON.parse(out.text)).toEqual({ a: 1 });
    expect(err.text).toBe('working\nwarning: odd\n');
  });
});

describe('errors', () => {
  const statuses: [string, unknown, number, string][] = [
    ['bad input', new ProductError('bad-input', 'x\ny', 'is\u0007 odd', 'Fix it'), 2, 'error: x y: is� odd. Fix it'],
    ['full disk', new ProductError('disk-full', 'x', 'the disk is full'), 1, 'error: x: the disk is full'],
    ['Ctrl-C', new ProductError('cancelled', '', 'stopped'), 130, 'error: stopped'],
    [
      'usage',
      new CommanderError(1, 'commander.unknownOption', "error: unknown option '-x'\n(Did you mean -y?)"),
      2,
      "error: unknown option '-x' (Did you mean -y?)",
    ],
    ['help', new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'), 0, ''],
  ];
  it.each(statuses)('%s', (_name, error, status, line) => expect(describeFailure(error)).toEqual({ status, line }));

  it('a fault of the program says how to find it', () => {
    expect(describeFailure(new TypeError('a\nb'))).toEqual({
      status: 1,
      line: 'error: a b. This is a fault in the program; CUSTOM_DIFFUSION_DEBUG=1 shows where',
    });
  });
});

describe('the chart of a loss', () => {
  it('shows means over stretches of steps, the highest as the longest bar', () => {
    const rows = lossChart([4, 4, NaN, 2, 2, 1, 1], 3).split('\n');
    expect(rows.map((row) => row.replace(/ +█+$/, ''))).toEqual([
      'steps 1-2  4.0000',
      'steps 4-5  2.0000',
      'steps 6-7  1.0000',
    ]);
    expect(rows.map((row) => row.replace(/[^█]/g, '').length)).toEqual([40, 20, 10]);
  });
});
