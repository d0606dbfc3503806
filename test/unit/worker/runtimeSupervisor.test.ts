import { describe, expect, it, onTestFinished } from 'vitest';
import { ProductError } from '../../../src/common/errors';
import { RuntimeBusy, RuntimeExited } from '../../../src/worker/errors';
import { RuntimeSupervisor, type SupervisorOptions } from '../../../src/worker/runtimeSupervisor';
import {
  eventually,
  isRunning,
  recordingLog,
  standInEnvironment,
  standInProgram,
  type StandInOrders,
} from '../../support/standIn';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

function supervise(changes: Partial<SupervisorOptions> = {}, orders: StandInOrders = {}) {
  const log = recordingLog();
  const supervisor = new RuntimeSupervisor({
    program: standInProgram,
    log,
    settings: () => ({ idleMinutes: 0, silenceMinutes: 0 }),
    env: standInEnvironment(orders),
    graceMs: 1000,
    restartLimits: { restarts: 3, windowMs: 600_000, backoffMs: 10 },
    ...changes,
  });
  onTestFinished(() => supervisor.shutdown());
  const states: string[] = [];
  supervisor.onDidChangeState(({ kind }) => states.push(kind));
  return { supervisor, states, log };
}
const ask = (supervisor: RuntimeSupervisor, base: string) => supervisor.request('model/summary', { base });
const pidOf = ({ state }: RuntimeSupervisor) => (state.kind === 'ready' ? state.pid : 0);

describe('life', () => {
  it('starts on first use, once for many', async () => {
    const { supervisor, states } = supervise();
    expect(supervisor.state.kind).toBe('stopped');
    await Promise.all([ask(supervisor, 'a'), ask(supervisor, 'b'), supervisor.start()]);
    expect(states).toEqual(['starting', 'ready']);
    const pid = pidOf(supervisor);
    await supervisor.stop();
    expect(states).toEqual(['starting', 'ready', 'stopped']);
    expect(isRunning(pid)).toBe(false);
    await ask(supervisor, 'c');
    expect(pidOf(supervisor)).not.toBe(pid);
  });

  it('ends after the set time without work, and not during work', async () => {
    const { supervisor } = supervise({ settings: () => ({ idleMinutes: 0.2 / 60, silenceMinutes: 0 }) });
    const long = ask(supervisor, 'never').catch(() => {});
    await eventually(() => supervisor.state.kind === 'ready');
    await new Promise((done) => setTimeout(done, 500));
    expect(supervisor.state.kind).toBe('ready');
    await supervisor.stop();
    await long;
    await ask(supervisor, 'a');
    await eventually(() => supervisor.state.kind === 'stopped');
  });

  it('starts nothing where it may not', async () => {
    const refusal = new ProductError('conflict', 'workspace', 'it is not trusted');
    const { supervisor, states } = supervise({
      beforeStart: () => {
        throw refusal;
      },
    });
    await expect(ask(supervisor, 'a')).rejects.toBe(refusal);
    expect(states).toEqual([]);
  });

  it('its end in the middle of a start leaves no process', async () => {
    const { supervisor } = supervise({}, { handshake: 'silent' });
    const request = ask(supervisor, 'a');
    const caught = request.catch((error: unknown) => error);
    await new Promise((done) => setTimeout(done, 300));
    await supervisor.shutdown();
    expect(await caught).toMatchObject({ code: 'cancelled' });
    expect(supervisor.state.kind).toBe('stopped');
    await expect(ask(supervisor, 'a')).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('stopping cancels what is under way first, and a request meanwhile goes to the next process', async () => {
    const { supervisor } = supervise();
    const under = ask(supervisor, 'until cancelled').catch((error: unknown) => error);
    await eventually(() => supervisor.state.kind === 'ready');
    const pid = pidOf(supervisor);
    const stopping = supervisor.stop();
    const next = ask(supervisor, 'a');
    expect(await under).toMatchObject({ code: 'cancelled' });
    await stopping;
    await next;
    expect(isRunning(pid)).toBe(false);
  });

  it('a process that ignores its cancellation and SIGTERM is killed', async () => {
    const { supervisor, log } = supervise({ graceMs: 300 }, { ignoreSigterm: true });
    const under = ask(supervisor, 'never').catch((error: unknown) => error);
    await eventually(() => supervisor.state.kind === 'ready');
    const pid = pidOf(supervisor);
    await supervisor.stop();
    expect(isRunning(pid)).toBe(false);
    expect(await under).toMatchObject({ exit: { signal: 'SIGKILL', intended: true } });
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

describe('faults', () => {
  it('F1 starts again after a crash, three times, then only when asked', async () => {
    const { supervisor, log } = supervise();
    for (let i = 0; i < 4; i++) await expect(ask(supervisor, 'kill SIGKILL')).rejects.toBeInstanceOf(RuntimeExited);
    expect(supervisor.state).toMatchObject({ kind: 'failed', gaveUp: true });
    await expect(ask(supervisor, 'a')).rejects.toThrow(/failed 4 times.*killed by the system.*Restart the runtime/);
    expect(log.lines.filter((line) => line.includes('killed by the system'))).toHaveLength(4);
    await supervisor.restart();
    expect(await ask(supervisor, 'a')).toMatchObject({ path: 'a' });
  });

  it('I10 a runtime of another version fails with the reason', async () => {
    const { supervisor } = supervise({}, { handshake: 'version' });
    await expect(ask(supervisor, 'a')).rejects.toThrow(/version 999/);
    expect(supervisor.state).toMatchObject({ kind: 'failed', gaveUp: false, error: { code: 'conflict' } });
  });

  it('F4 a request that takes too long rejects; a runtime that does not even answer its cancellation is ended', async () => {
    const { supervisor } = supervise({ requestLimits: { 'model/summary': 300 }, graceMs: 300 });
    await expect(ask(supervisor, 'until cancelled')).rejects.toThrow(/did not answer within/);
    const pid = pidOf(supervisor);
    await new Promise((done) => setTimeout(done, 600));
    expect(pidOf(supervisor)).toBe(pid);
    await expect(ask(supervisor, 'block')).rejects.toThrow(/did not answer within/);
    await eventually(() => !isRunning(pid));
    await eventually(() => supervisor.state.kind === 'stopped');
  });

  it('F4 a job that is silent is reported, not ended; it may be waited for', async () => {
    const { supervisor } = supervise({ settings: () => ({ idleMinutes: 0, silenceMinutes: 0.5 / 60 }) });
    const silences: boolean[] = [];
    supervisor.onDidChangeSilence(({ job, isSilent }) => silences.push(isSilent && job === 'j'));
    const config = { folder: `${folder}/silent`, silentAfter: 2 };
    const run = supervisor.request('train/start', { job: 'j', config, folder }).catch((error: unknown) => error);
    await eventually(() => silences.length > 0);
    expect(silences).toEqual([true]);
    expect(supervisor.state.kind).toBe('ready');
    await expect(supervisor.restart()).rejects.toBeInstanceOf(RuntimeBusy);
    await supervisor.terminate();
    expect(await run).toBeInstanceOf(RuntimeExited);
  });

  it('a picture is not looked at while a job is under way', async () => {
    const { supervisor } = supervise();
    const config = { folder: `${folder}/busy`, silentAfter: 0 };
    const run = supervisor.request('train/start', { job: 'j', config, folder }).catch(() => {});
    const look = { picture: '/a.png', prompt: 'a', model: {}, timestep: 1, seed: 1, cacheFolder: folder };
    await expect(supervisor.request('attention/look', look)).rejects.toBeInstanceOf(RuntimeBusy);
    await supervisor.terminate();
    await run;
  });
});
