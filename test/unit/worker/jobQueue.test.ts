import { expect, it } from 'vitest';
import { ProductError } from '../../../src/common/errors';
import { JobQueue, type JobWork } from '../../../src/worker/jobQueue';

/** A job that ends when told to; it notes when its signal fires. */
function controlled(id: string) {
  let finish = (_value: string) => {};
  let fail = (_error: Error) => {};
  const result = new Promise<string>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const seen = { started: false, aborted: false };
  const work: JobWork<string> = {
    id,
    kind: 'training',
    title: id,
    run: (signal) => {
      seen.started = true;
      signal.addEventListener('abort', () => (seen.aborted = true));
      return result;
    },
    isStopped: (value) => value === 'stopped',
  };
  return { work, seen, finish: (value = 'done') => finish(value), fail: (error: Error) => fail(error) };
}
const states = (queue: JobQueue) => queue.jobs.map(({ id, state }) => `${id} ${state}`);

it('F8 one job runs, the others wait in their order', async () => {
  const queue = new JobQueue();
  const changes: string[][] = [];
  queue.onDidChange(() => changes.push(states(queue)));
  const [a, b, c] = ['a', 'b', 'c'].map(controlled) as [
    ReturnType<typeof controlled>,
    ...ReturnType<typeof controlled>[],
  ];
  const results = [a, b!, c!].map(({ work }) => queue.add(work));
  expect(states(queue)).toEqual(['a running', 'b waiting', 'c waiting']);
  expect([queue.position('a'), queue.position('c'), queue.position('x')]).toEqual([0, 2, undefined]);
  expect(b!.seen.started).toBe(false);
  expect(() => queue.add(controlled('b').work)).toThrow(/in the queue already/);
  a.finish();
  expect(await results[0]).toBe('done');
  b!.fail(new ProductError('bad-model', 'm', 'no'));
  await expect(results[1]).rejects.toThrow('m: no');
  c!.finish();
  await results[2];
  expect(states(queue)).toEqual(['a done', 'b failed', 'c done']);
  expect(queue.jobs[1]!.error).toMatchObject({ code: 'bad-model', where: 'm' });
  expect(changes[0]).toEqual(['a waiting']);
  expect(changes.at(-1)).toEqual(states(queue));
});

it('F12 stops: twice, one that waits, one that ended, and one that finished all the same', async () => {
  const queue = new JobQueue();
  const a = controlled('a');
  const b = controlled('b');
  const [first, second] = [queue.add(a.work), queue.add(b.work)];
  expect(queue.stop('b')).toBe(true);
  await expect(second).rejects.toMatchObject({ code: 'cancelled' });
  expect(b.seen.started).toBe(false);
  expect(queue.stop('a')).toBe(true);
  expect(queue.stop('a')).toBe(true);
  expect(a.seen.aborted).toBe(true);
  expect(queue.running?.state).toBe('stopping');
  a.finish('stopped');
  await first;
  expect(states(queue)).toEqual(['b stopped', 'a stopped']);
  expect(queue.stop('a')).toBe(false);
  const c = controlled('c');
  const third = queue.add(c.work);
  queue.stop('c');
  c.finish('done');
  await third;
  expect(states(queue).at(-1)).toBe('c done');
});

it('keeps the last twenty that ended', async () => {
  const queue = new JobQueue();
  for (let i = 0; i < 25; i++) {
    const job = controlled(String(i));
    const result = queue.add(job.work);
    job.finish();
    await result;
  }
  expect(queue.jobs).toHaveLength(20);
  expect(queue.jobs[0]!.id).toBe('5');
});

it('its end drops what waits and stops what runs', async () => {
  const queue = new JobQueue();
  const a = controlled('a');
  void queue.add(a.work);
  const second = queue.add(controlled('b').work);
  queue.dispose();
  expect(a.seen.aborted).toBe(true);
  await expect(second).rejects.toMatchObject({ code: 'cancelled' });
  expect(() => queue.add(controlled('c').work)).toThrow(/cancelled/);
});
