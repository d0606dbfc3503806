import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Notifier } from '../../../native-runtime/rpc/notifier';

type Update = { kind: 'steps'; steps: number[] } | { kind: 'picture'; name: string };

/** A notifier and what it has sent, with the time of each. */
function recorded() {
  const sent: { at: number; update: Update }[] = [];
  const notifier = new Notifier<Update>((update) => sent.push({ at: performance.now(), update }), {
    canWait: ({ kind }) => kind === 'steps',
    join: (a, b) =>
      a.kind === 'steps' && b.kind === 'steps' ? { kind: 'steps', steps: [...a.steps, ...b.steps] } : undefined,
  });
  return { notifier, sent };
}

describe('updates', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('are gathered to at most five a second, and none is lost', () => {
    const { notifier, sent } = recorded();
    for (let step = 1; step <= 100; step++) {
      notifier.add({ kind: 'steps', steps: [step] });
      vi.advanceTimersByTime(20);
    }
    notifier.flush();
    expect(sent.length).toBeLessThanOrEqual(12);
    expect(sent.flatMap(({ update }) => (update.kind === 'steps' ? update.steps : []))).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    const gaps = sent.slice(1, -1).map(({ at }, i) => at - sent[i]!.at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(199);
  });

  it('that cannot wait go at once, after those that came before them', () => {
    const { notifier, sent } = recorded();
    notifier.add({ kind: 'steps', steps: [1] });
    notifier.add({ kind: 'steps', steps: [2] });
    notifier.add({ kind: 'picture', name: 'a' });
    notifier.add({ kind: 'steps', steps: [3] });
    vi.advanceTimersByTime(1000);
    expect(sent.map(({ update }) => (update.kind === 'steps' ? update.steps : update.name))).toEqual([
      [1],
      [2],
      'a',
      [3],
    ]);
  });
});
