import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LatestOnly } from '../../../src/panels/fineTuneLatest';

/** A cancellation whose token is its own record. */
const cancellation = () => {
  const token = { cancelled: false };
  return { token, cancel: () => void (token.cancelled = true), dispose: () => {} };
};

describe('the newest of several requests', () => {
  it('is the only one that runs when they come at once', async () => {
    const latest = new LatestOnly(5, cancellation);
    const run: number[] = [];
    const done: number[] = [];
    for (const n of [1, 2, 3])
      latest.request(
        async () => (run.push(n), n),
        (result) => done.push(result),
        () => {},
      );
    await sleep(40);
    expect(run).toEqual([3]);
    expect(done).toEqual([3]);
  });

  it('cancels one that runs already, and drops its result and its failure', async () => {
    const latest = new LatestOnly(0, cancellation);
    const told: string[] = [];
    let token: { cancelled: boolean } | undefined;
    const slow = async (mine: { cancelled: boolean }) => {
      token = mine;
      await sleep(30);
      if (mine.cancelled) throw new Error('cancelled');
      return 'slow';
    };
    const tell = (text: string) => told.push(text);
    latest.request(slow, tell, () => tell('slow failed'));
    await sleep(10);
    latest.request(
      async () => 'new',
      tell,
      () => tell('new failed'),
    );
    await sleep(60);
    expect(token?.cancelled).toBe(true);
    expect(told).toEqual(['new']);
  });

  it('reports a failure', async () => {
    const latest = new LatestOnly(0, cancellation);
    const failed = new Promise((resolve) =>
      latest.request(
        async () => {
          throw new Error('no');
        },
        () => {},
        resolve,
      ),
    );
    expect(await failed).toMatchObject({ message: 'no' });
  });

  it('nothing runs after everything was cancelled', async () => {
    const latest = new LatestOnly(5, cancellation);
    let runs = 0;
    latest.request(
      async () => runs++,
      () => {},
      () => {},
    );
    latest.cancel();
    await sleep(20);
    expect(runs).toBe(0);
  });
});
