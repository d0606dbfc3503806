import { expect, it } from 'vitest';
import { describeExit, type RuntimeExit } from '../../../src/worker/exitWords';

const exit = (facts: Partial<RuntimeExit>): RuntimeExit => ({
  code: null,
  signal: null,
  underElectron: false,
  intended: false,
  output: [],
  ...facts,
});

it.each([
  ['F3 SIGKILL', exit({ signal: 'SIGKILL' }), 'out-of-memory', /memory ran out/],
  ['F3 exit 137 of a shell', exit({ code: 137 }), 'out-of-memory', /memory ran out/],
  ['SIGTRAP under Electron', exit({ signal: 'SIGTRAP', underElectron: true }), 'out-of-memory', /2 GiB/],
  ['SIGILL under Electron', exit({ signal: 'SIGILL', underElectron: true }), 'out-of-memory', /2 GiB/],
  ['SIGILL elsewhere', exit({ signal: 'SIGILL' }), 'internal', /instruction/],
  ['a trap on Windows', exit({ code: 0x80000003, underElectron: true }), 'out-of-memory', /2 GiB/],
  ['the same as a negative number', exit({ code: 0x80000003 | 0, underElectron: true }), 'out-of-memory', /2 GiB/],
  ['F1 an access violation on Windows', exit({ code: 0xc0000005 }), 'device', /native code/],
  ['F2 SIGABRT', exit({ signal: 'SIGABRT' }), 'device', /native code/],
  [
    'a full V8 heap',
    exit({ signal: 'SIGABRT', output: ['FATAL: JavaScript heap out of memory'] }),
    'out-of-memory',
    /ran out/,
  ],
  [
    'F16 a crash after the device was lost',
    exit({ signal: 'SIGSEGV', output: ['WebGPU device lost (1): Device is lost.'] }),
    'device-lost',
    /taken away/,
  ],
  [
    'F14 an abort after a kernel failed for good',
    exit({ signal: 'SIGABRT', output: ['CUDA failure 700: an illegal memory access was encountered'] }),
    'device-lost',
    /taken away/,
  ],
  ['F19 an old C library', exit({ code: 1, output: ["version `GLIBC_2.28' not found"] }), 'internal', /load a part/],
  ['A29 SIGBUS', exit({ signal: 'SIGBUS' }), 'bad-file', /changed or cut off/],
  [
    'A29 SIGBUS with a file that was cut off',
    exit({ signal: 'SIGBUS', changedFile: { path: '/base/unet', problem: 'it is shorter' } }),
    'bad-file',
    /^it is shorter \(SIGBUS\)$/,
  ],
  [
    'F3 SIGKILL with a file that was cut off',
    exit({ signal: 'SIGKILL', changedFile: { path: '/base/unet', problem: 'it is shorter' } }),
    'out-of-memory',
    /memory ran out/,
  ],
  ['SIGTERM of somebody else', exit({ signal: 'SIGTERM' }), 'internal', /another program/],
  ['an exit code', exit({ code: 3 }), 'internal', /exit code 3/],
  ['a missing library on Windows', exit({ code: 0xc0000135 }), 'internal', /system library/],
  ['an end without a fault', exit({ code: 0 }), 'internal', /by itself/],
  ['an end the editor wanted', exit({ signal: 'SIGKILL', intended: true }), 'cancelled', /was stopped/],
] as const)('%s is put into words', (_, facts, code, problem) => {
  expect(describeExit(facts)).toMatchObject({ code, problem: expect.stringMatching(problem) as string });
});
