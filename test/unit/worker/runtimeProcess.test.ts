import { expect, it, onTestFinished } from 'vitest';
import { RuntimeExited } from '../../../src/worker/errors';
import { RuntimeProcess } from '../../../src/worker/runtimeProcess';
import {
  eventually,
  isRunning,
  recordingLog,
  standInEnvironment,
  standInProgram,
  type StandInOrders,
} from '../../support/standIn';

async function start(orders: StandInOrders = {}, log = recordingLog(), handshakeLimitMs = 20_000) {
  const runtime = await RuntimeProcess.start({
    program: standInProgram,
    log,
    env: standInEnvironment(orders),
    handshakeLimitMs,
  });
  onTestFinished(async () => void (await runtime.terminate(100)));
  return runtime;
}
const ask = (runtime: RuntimeProcess, base: string) => runtime.request('model/summary', { base });

it('answers requests with checked results', async () => {
  const runtime = await start();
  expect(runtime.handshake).toMatchObject({ protocolVersion: 1, pid: runtime.pid });
  expect(await ask(runtime, 'a')).toMatchObject({ path: 'a', name: 'stand-in' });
});

it.each([
  ['F9 of another version of the protocol', { handshake: 'version' }, /version 999 of the protocol/],
  ['F9 that refuses ours', { handshake: 'refuse' }, /another version/],
  ['F9 whose first answer makes no sense', { handshake: 'garbage' }, /first answer is not as agreed/],
  ['that is silent', { handshake: 'silent' }, /did not answer within 0.7 seconds/],
  ['that ends at once', { exitAtOnce: 3 }, /exit code 3/],
  ['F19 that misses a file', { exitAtOnce: 1, print: "Error: Cannot find module 'sharp'\n" }, /could not load a part/],
] as [string, StandInOrders, RegExp][])('a runtime %s is refused and gone', async (_, orders, message) => {
  const limit = orders.handshake === 'silent' ? 700 : 20_000;
  const log = recordingLog();
  await expect(start(orders, log, limit)).rejects.toThrow(message);
});

it('a Node program that does not exist is named', async () => {
  const options = { program: standInProgram, nodePath: '/nowhere/node', log: recordingLog() };
  await expect(RuntimeProcess.start(options)).rejects.toMatchObject({ code: 'not-found', where: '/nowhere/node' });
});

it.each([
  ['F3 SIGKILL', 'kill SIGKILL', 'out-of-memory', /killed by the system/],
  ['F1 SIGSEGV', 'kill SIGSEGV', 'device', /crashed in native code/],
  ['A29 SIGBUS', 'kill SIGBUS', 'bad-file', /changed or cut off/],
  ['an exit', 'exit 7', 'internal', /exit code 7/],
])('%s in the middle of a request rejects it within a second', async (_, base, code, message) => {
  const runtime = await start();
  const before = performance.now();
  const [first, second] = await Promise.allSettled([ask(runtime, 'never'), ask(runtime, base)]);
  expect(performance.now() - before).toBeLessThan(5000);
  for (const result of [first, second]) {
    const { reason } = result as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(RuntimeExited);
    expect(reason).toMatchObject({ code, message: expect.stringMatching(message) });
  }
  await expect(ask(runtime, 'a')).rejects.toBeInstanceOf(RuntimeExited);
});

it('A29 the file that was cut off under a request is named, whatever the request', async () => {
  const runtime = await start();
  await expect(ask(runtime, `cut ${__filename}`)).rejects.toMatchObject({
    code: 'bad-file',
    where: __filename,
    problem: expect.stringMatching(/is shorter than it was: \d+ bytes instead of 1000000000 \(SIGBUS\)$/) as string,
  });
});

it('an answer that leaves just before the process ends is received', async () => {
  const runtime = await start();
  expect(await ask(runtime, 'last words')).toMatchObject({ name: 'stand-in' });
  expect((await runtime.exited).exit.code).toBe(0);
});

it('a process that closes its channel without ending is ended', async () => {
  const runtime = await start({ stayAfterDisconnect: true });
  await expect(ask(runtime, 'disconnect')).rejects.toBeInstanceOf(RuntimeExited);
  expect(isRunning(runtime.pid)).toBe(false);
});

it.each([
  ['a product error', 'error bad-model', { code: 'bad-model', where: 'here', problem: 'no model' }],
  ['an error code of a newer version', 'error too-new', { code: 'internal', problem: 'no model' }],
  ['an exception', 'break', { code: 'internal', where: 'model/summary' }],
  [
    'F9 an answer of the wrong shape',
    'bad answer',
    { code: 'internal', problem: expect.stringMatching(/not as agreed/) },
  ],
])('%s rejects the request', async (_, base, expected) => {
  await expect(ask(await start(), base)).rejects.toMatchObject(expected);
});

it('F9 junk on the channel is dropped and the connection lives on', async () => {
  const log = recordingLog();
  const runtime = await start({}, log);
  const updates: unknown[] = [];
  runtime.onNotification('train/update', (update) => updates.push(update));
  await ask(runtime, 'junk');
  expect(await ask(runtime, 'b')).toMatchObject({ path: 'b' });
  expect(updates).toEqual([]);
  expect(log.lines.filter((line) => line.startsWith('warn')).length).toBeGreaterThan(8);
  expect(log.lines.some((line) => line.length > 5_000_000)).toBe(true);
});

it('a cancelled request ends with the error that says so', async () => {
  const runtime = await start();
  let fire = () => {};
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      fire = listener;
      return { dispose: () => {} };
    },
  };
  const answer = runtime.request('model/summary', { base: 'until cancelled' }, token);
  fire();
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
});

it('F11 what the process prints goes to the log line by line, without colours, and its end is kept', async () => {
  const log = recordingLog();
  const lines = Array.from({ length: 300 }, (_, i) => `\u001b[31mline ${i}\u001b[0m`);
  const runtime = await start({ print: `${lines.join('\r\n')}\nno end` }, log);
  await eventually(() => log.lines.length >= 300);
  await runtime.terminate(2000);
  expect(log.lines.slice(0, 2)).toEqual(['info: line 0', 'info: line 1']);
  expect(runtime.recentOutput).toHaveLength(200);
  expect(runtime.recentOutput.at(-1)).toBe('no end');
  expect(runtime.recentOutput[0]).toBe('line 101');
});

it('a process that ignores SIGTERM is killed after the time of grace', async () => {
  const runtime = await start({ ignoreSigterm: true });
  const pending = ask(runtime, 'block');
  const caught = pending.catch((error: unknown) => error);
  const { exit } = await runtime.terminate(200);
  expect(exit).toMatchObject({ signal: 'SIGKILL', intended: true });
  expect(await caught).toMatchObject({ code: 'cancelled' });
  expect(isRunning(runtime.pid)).toBe(false);
});

it('a process that heeds SIGTERM is not killed', async () => {
  const runtime = await start();
  expect((await runtime.terminate(20_000)).exit.signal).toBe('SIGTERM');
});
