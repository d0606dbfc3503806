import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  canAsk,
  isActive,
  nextControls,
  resumeObstacle,
  runButtons,
  runRequests,
  type ControlEvent,
  type RunControls,
  type RunState,
} from '../../../../src/common/webview/runControls';

const states: RunState[] = [
  'queued',
  'preparing',
  'training',
  'paused',
  'stopped',
  'interrupted',
  'failed',
  'finished',
  'elsewhere',
  'damaged',
];
const at = (state: RunState, more: Partial<RunControls> = {}): RunControls => ({
  state,
  hasDelta: false,
  hasCheckpoint: true,
  mayStart: true,
  ...more,
});
const enabled = (controls: RunControls) =>
  runButtons(controls).flatMap(({ request, enabled }) => (enabled ? [request] : []));

describe('the buttons of a run', () => {
  it.each<[RunState, string[]]>([
    ['queued', ['stop', 'discard']],
    ['preparing', ['pause', 'stop', 'stopNow', 'discard']],
    ['training', ['pause', 'stop', 'stopNow', 'discard']],
    ['paused', ['resume', 'discard']],
    ['stopped', ['resume', 'discard']],
    ['interrupted', ['resume', 'discard']],
    ['failed', ['resume', 'discard']],
    ['finished', ['discard']],
    ['elsewhere', []],
    ['damaged', ['discard']],
  ])('%s: %j', (state, buttons) => expect(enabled(at(state))).toEqual(buttons));

  it('nothing is resumed without a checkpoint or where nothing may be started', () => {
    expect(enabled(at('interrupted', { hasCheckpoint: false }))).toEqual(['discard']);
    expect(enabled(at('interrupted', { mayStart: false }))).toEqual(['discard']);
  });

  it('after Pause one may still stop, harder than before', () => {
    const pausing = nextControls(at('training'), { kind: 'asked', request: 'pause' });
    expect(runButtons(pausing).find(({ busy }) => busy)?.request).toBe('pause');
    expect(enabled(pausing)).toEqual(['stop', 'stopNow', 'discard']);
    const stopping = nextControls(pausing, { kind: 'asked', request: 'stop' });
    expect(enabled(stopping)).toEqual(['stopNow', 'discard']);
    expect(nextControls(stopping, { kind: 'asked', request: 'pause' })).toEqual(stopping);
  });

  it('a wish is kept while the run goes on, and forgotten when it ends', () => {
    const pausing = nextControls(at('preparing'), { kind: 'asked', request: 'pause' });
    const training = nextControls(pausing, { kind: 'state', state: 'training' });
    expect(training.pending).toBe('pause');
    expect(nextControls(training, { kind: 'state', state: 'paused' }).pending).toBeUndefined();
    expect(enabled(nextControls(training, { kind: 'state', state: 'paused' }))).toContain('resume');
  });

  it('Resume is busy until the run waits or works, or until it could not be started', () => {
    const resuming = nextControls(at('interrupted'), { kind: 'asked', request: 'resume' });
    expect(enabled(resuming)).toEqual(['discard']);
    expect(nextControls(resuming, { kind: 'state', state: 'queued' }).pending).toBeUndefined();
    expect(enabled(nextControls(resuming, { kind: 'failed' }))).toContain('resume');
  });

  it('no sequence of clicks and events leaves a run that cannot be ended or gone on with', () => {
    const event = fc.oneof(
      fc.constantFrom(...runRequests).map<ControlEvent>((request) => ({ kind: 'asked', request })),
      fc.constantFrom(...states).map<ControlEvent>((state) => ({ kind: 'state', state })),
      fc.constant<ControlEvent>({ kind: 'failed' }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.array(event, { maxLength: 30 }), (start, events) => {
        const end = events.reduce(nextControls, at(start));
        if (isActive(end.state)) expect(canAsk(end, end.state === 'queued' ? 'discard' : 'stopNow')).toBe(true);
        // Whatever was asked, an answer frees the buttons again.
        const answered = nextControls(end, { kind: 'failed' });
        expect(enabled(answered)).toEqual(enabled(at(end.state)));
        if (!isActive(end.state) && end.pending && end.pending !== 'discard')
          expect(['resume', 'stepDown', 'resumeOnCpu']).toContain(end.pending);
      }),
    );
  });
});

describe('F3 F15 F16 a run that ended for want of something', () => {
  it.each([
    ['memory', ['stepDown', 'resume', 'discard']],
    ['device', ['resumeOnCpu', 'resume', 'discard']],
    [undefined, ['resume', 'discard']],
  ] as const)('%s: offers the way around it first', (failure, shown) => {
    for (const state of ['failed', 'interrupted'] as const)
      expect(runButtons(at(state, { failure })).map(({ request }) => request)).toEqual(shown);
    expect(canAsk(at('finished', { failure }), 'stepDown')).toBe(false);
  });

  it('can be trained with less memory before it has a checkpoint, but not gone on with', () => {
    const early = { failure: 'memory', hasCheckpoint: false } as const;
    expect(enabled(at('interrupted', early))).toEqual(['stepDown', 'discard']);
    expect(enabled(at('interrupted', { ...early, failure: 'device' }))).toEqual(['discard']);
    expect(enabled(at('interrupted', { ...early, mayStart: false }))).toEqual(['discard']);
  });

  it('is busy until it works, and never asked twice', () => {
    const asked = nextControls(at('failed', { failure: 'memory' }), { kind: 'asked', request: 'stepDown' });
    expect(asked.pending).toBe('stepDown');
    expect(enabled(asked)).toEqual(['discard']);
    expect(resumeObstacle(asked)).toBe('underWay');
    expect(nextControls(asked, { kind: 'state', state: 'queued' }).pending).toBeUndefined();
  });
});

describe('a resume that is asked for by an old message', () => {
  it.each([
    ['queued', {}, 'underWay'],
    ['training', {}, 'underWay'],
    ['interrupted', { pending: 'resume' }, 'underWay'],
    ['elsewhere', {}, 'elsewhere'],
    ['finished', {}, 'finished'],
    ['failed', { hasCheckpoint: false }, 'noCheckpoint'],
    ['damaged', {}, 'noCheckpoint'],
    ['interrupted', {}, undefined],
    // The missing trust has a message of its own.
    ['stopped', { mayStart: false }, undefined],
  ] as const)('%s %j: %s', (state, more, expected) => {
    expect(resumeObstacle(at(state, more))).toBe(expected);
  });

  it('is refused wherever there is an obstacle', () => {
    const flags = fc.record({ hasCheckpoint: fc.boolean(), pending: fc.constantFrom(undefined, ...runRequests) });
    fc.assert(
      fc.property(fc.constantFrom(...states), flags, (state, facts) => {
        const controls = at(state, facts);
        if (resumeObstacle(controls)) expect(canAsk(controls, 'resume')).toBe(false);
      }),
    );
  });
});
