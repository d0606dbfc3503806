import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { computes } from '../../../native-runtime/cli/supervision/computingCommands';
import { deathOf } from '../../../native-runtime/cli/supervision/death';
import { describeDeath } from '../../../native-runtime/cli/supervision/deathWords';
import { parseReport, parseStopNote } from '../../../native-runtime/cli/supervision/messages';
import { onStopRequest, requestStop } from '../../../native-runtime/cli/supervision/stopRequests';

it.each([
  [['train', 'config.json'], true],
  [['sample', '--prompt', 'a cat'], true],
  [['train', '--help'], false],
  [['inspect', 'media/pocket'], false],
  [['device'], false],
  [['help', 'train'], false],
  [[], false],
])('%j computes: %s', (args, expected) => {
  expect(computes(args)).toBe(expected);
});

describe('a death', () => {
  it.each([
    ['F3 SIGKILL', null, 'SIGKILL', { name: 'SIGKILL', signal: 'SIGKILL', status: 137 }],
    ['A29 SIGBUS', null, 'SIGBUS', { name: 'SIGBUS', signal: 'SIGBUS', status: 128 + constants.signals.SIGBUS }],
    ['F1 an access violation on Windows', 0xc0000005, null, { name: '0xC0000005', signal: 'SIGSEGV', status: 139 }],
    [
      'A29 a page that cannot be read on Windows',
      0xc0000006,
      null,
      { name: '0xC0000006', signal: 'SIGBUS', status: 135 },
    ],
    ['the same as a negative number', 0xc0000006 | 0, null, { name: '0xC0000006', signal: 'SIGBUS', status: 135 }],
    ['Ctrl-C on Windows', 0xc000013a, null, { name: '0xC000013A', signal: 'SIGINT', status: 130 }],
    ['another fault on Windows', 0xc0000142, null, { name: '0xC0000142', status: 1 }],
  ] as const)('%s has a name and a status', (_, code, signal, death) => {
    expect(deathOf(code, signal)).toEqual(death);
  });

  it.each([0, 1, 2, 130])('exit status %d is none', (code) => {
    expect(deathOf(code, null)).toBeUndefined();
  });

  it.each([
    ['sample', 'SIGKILL', 'out-of-memory', /probably because memory ran out \(SIGKILL\)\. Choose a smaller --size/],
    ['study', 'SIGKILL', 'out-of-memory', /smaller base model\. The same command goes on with the study$/],
    ['sample', 'SIGBUS', 'bad-file', /^\/models\/base: a file was cut off while it was in use/],
    ['score', 'SIGSEGV', 'device', /crashed in native code \(SIGSEGV\)\. .*--device cpu$/],
    ['score', 'SIGABRT', 'device', /crashed in native code \(SIGABRT\)/],
    ['attention', 'SIGILL', 'internal', /does not know \(SIGILL\)$/],
    ['attention', 'SIGUSR1', 'internal', /ended from outside \(SIGUSR1\)$/],
  ] as const)('of %s by %s is put into words', async (command, signal, code, message) => {
    const error = await describeDeath(command, deathOf(null, signal)!, { model: '/models/base', files: [] });
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('is put down to a file that is not as long as it was', async () => {
    const files = [
      { path: __filename, bytes: 1e9 },
      { path: '/never', bytes: 1 },
    ];
    const error = await describeDeath('sample', deathOf(null, 'SIGBUS')!, { files });
    expect(error).toMatchObject({ code: 'bad-file', where: __filename, remedy: 'Put the file back as it was' });
    expect(error.problem).toMatch(/it had 1000000000 bytes, now \d+ \(SIGBUS\)$/);
    const gone = await describeDeath('sample', deathOf(null, 'SIGBUS')!, { files: files.slice(1) });
    expect(gone.message).toMatch(/^\/never: the model file was deleted or moved while it was in use/);
  });
});

describe('messages of the two processes', () => {
  it.each([
    [{ kind: 'run', folder: '/runs/a' }],
    [{ kind: 'run', folder: null }],
    [{ kind: 'stops', on: true }],
    [{ kind: 'model', path: '/base', files: [{ path: '/base/unet', bytes: 3 }] }],
  ])('%j is a report', (message) => {
    expect(parseReport(message)).toEqual(message);
  });

  it.each([
    [null],
    ['run'],
    [{ kind: 'run' }],
    [{ kind: 'run', folder: 7 }],
    [{ kind: 'stops', on: 'yes' }],
    [{ kind: 'model', path: '/base', files: [{ path: '/base/unet' }] }],
    [{ kind: 'model', path: '', files: [] }],
  ])('%j is none', (message) => {
    expect(parseReport(message)).toBeUndefined();
  });

  it('a note of a signal is checked', () => {
    expect(parseStopNote({ kind: 'stop', signal: 'SIGINT', count: 1 })).toMatchObject({ signal: 'SIGINT', count: 1 });
    expect(parseStopNote({ kind: 'stop', signal: 'SIGKILL', count: 1 })).toBeUndefined();
    expect(parseStopNote({ kind: 'stop', signal: 'SIGINT', count: 0.5 })).toBeUndefined();
  });
});

it('a press counts once, whether this process, the other or both get the signal', () => {
  let presses = 0;
  const done = onStopRequest(() => void presses++);
  process.emit('SIGINT');
  requestStop('SIGINT', 1);
  expect(presses).toBe(1);
  requestStop('SIGINT', 2);
  process.emit('SIGINT');
  expect(presses).toBe(2);
  requestStop('SIGTERM', 1);
  expect(presses).toBe(3);
  done();
});
