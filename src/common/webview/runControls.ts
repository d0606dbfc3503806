/**
 * How a run stands. The first three have a job of this window that waits or works; the others are at rest for it, also
 * `elsewhere`, on which another program works.
 */
export type RunState =
  | 'queued'
  | 'preparing'
  | 'training'
  | 'paused'
  | 'stopped'
  | 'interrupted'
  | 'failed'
  | 'finished'
  | 'elsewhere'
  | 'damaged';

/**
 * What a user may ask of a run. `discard` ends it first if need be. `stepDown` makes a run that ran out of memory with less of it, and
 * `resumeOnCpu` goes on with one whose device is gone.
 */
export const runRequests = ['pause', 'stop', 'stopNow', 'resume', 'stepDown', 'resumeOnCpu', 'discard'] as const;
/** See {@link runRequests}. */
export type RunRequest = (typeof runRequests)[number];

/** What decides which buttons of a run can be used. */
export interface RunControls {
  state: RunState;
  /** What was asked last and has not shown its effect. */
  pending?: RunRequest;
  hasDelta: boolean;
  hasCheckpoint: boolean;
  /** What it ended for want of, where there is a way around it. */
  failure?: 'memory' | 'device';
  /** False in a workspace where nothing may be started. */
  mayStart: boolean;
}

/** What changes the buttons of a run. */
export type ControlEvent =
  | { kind: 'asked'; request: RunRequest }
  | { kind: 'state'; state: RunState }
  /** What was asked could not be done, or the user thought better of it. */
  | { kind: 'failed' };

/** A button of a run. */
export interface RunButton {
  request: RunRequest;
  enabled: boolean;
  /** Asked for and under way. */
  busy: boolean;
}

/** Requests that put a run at rest to work again. */
const restarts: readonly RunRequest[] = ['resume', 'stepDown', 'resumeOnCpu'];

const resumable: readonly RunState[] = ['paused', 'stopped', 'interrupted', 'failed'];

/** Whether a job waits or works for a run in this state. */
export function isActive(state: RunState): boolean {
  return state === 'queued' || state === 'preparing' || state === 'training';
}

/** The controls after an event. A request that cannot be made now changes nothing. */
export function nextControls(controls: RunControls, event: ControlEvent): RunControls {
  switch (event.kind) {
    case 'asked':
      return canAsk(controls, event.request) ? { ...controls, pending: event.request } : controls;
    case 'failed':
      return { ...controls, pending: undefined };
    case 'state':
      return { ...controls, state: event.state, pending: stillPending(controls, event.state) };
  }
}

/** Whether a request makes sense now. */
export function canAsk(controls: RunControls, request: RunRequest): boolean {
  const { state, pending, hasCheckpoint, mayStart, failure } = controls;
  // Both can be asked again at any time, so that no run that works is ever out of reach.
  if (request === 'discard') return state !== 'elsewhere';
  if (request === 'stopNow') return state === 'preparing' || state === 'training';
  if (restarts.includes(request)) {
    if (!resumable.includes(state) || !mayStart || pending !== undefined) return false;
    // Without a checkpoint it is started anew.
    if (request === 'stepDown') return failure === 'memory';
    return hasCheckpoint && (request === 'resume' || failure === 'device');
  }
  if (request === 'pause' && state === 'queued') return false;
  // A pause may still become a stop, but not the other way round.
  return isActive(state) && (pending === undefined || (request === 'stop' && pending === 'pause'));
}

/** Why a run cannot be gone on with: it is at work here or elsewhere, is done, or there is nothing to go on from. */
export type ResumeObstacle = 'underWay' | 'elsewhere' | 'finished' | 'noCheckpoint';

/** What stands in the way of a resume, as of one asked for by a message that has grown old; undefined when nothing does. */
export function resumeObstacle({ state, pending, hasCheckpoint }: RunControls): ResumeObstacle | undefined {
  if (isActive(state) || (pending && restarts.includes(pending))) return 'underWay';
  if (state === 'elsewhere' || state === 'finished') return state;
  return resumable.includes(state) && hasCheckpoint ? undefined : 'noCheckpoint';
}

/** The way around what a run ended for. */
const aroundFailure: Record<'memory' | 'device' | 'none', RunRequest[]> = {
  memory: ['stepDown'],
  device: ['resumeOnCpu'],
  none: [],
};

/** The buttons to show, in their order. */
export function runButtons(controls: RunControls): RunButton[] {
  const { state, pending } = controls;
  const shown: RunRequest[] =
    state === 'queued'
      ? ['stop', 'discard']
      : isActive(state)
        ? ['pause', 'stop', 'stopNow', 'discard']
        : resumable.includes(state)
          ? [...aroundFailure[controls.failure ?? 'none'], 'resume', 'discard']
          : ['discard'];
  return shown.map((request) => ({ request, enabled: canAsk(controls, request), busy: pending === request }));
}

function stillPending({ state: before, pending }: RunControls, state: RunState): RunRequest | undefined {
  if (before === state) return pending;
  // A run that is being discarded ends before it is deleted.
  if (pending === 'discard') return pending;
  if (!isActive(state)) return undefined;
  return pending && restarts.includes(pending) ? undefined : pending;
}
