import { expect, it } from 'vitest';
import { Session } from '../../../native-runtime/device/session';
import { LOOP_STEPS, outside, writeLoop, type LoopPlan } from '../../../native-runtime/graph/loopModel';
import { add, less, mul } from '../../../native-runtime/graph/operators/elementwise';
import { input } from '../../../native-runtime/graph/tensor';
import { float32, int64 } from '../../../native-runtime/tensorData';

const plan: LoopPlan = {
  capacity: 4,
  carried: new Map([
    ['sum', 'next.sum'],
    ['count', 'next.count'],
  ]),
  perStep: new Map<string, string | undefined>([
    ['addend', undefined],
    ['label', 'count'],
  ]),
  kept: ['square'],
  goOn: 'goOn',
};

/** sum ← factor · (sum + addend), while it is below 100. */
function loop(): Promise<Session> {
  const sum = mul(add(input('sum', [2]), input('addend', [2])), input('factor', []));
  const count = add(input('count', [], 'int64'), 2);
  const outputs = {
    'next.sum': sum,
    'next.count': count,
    square: add(mul(sum, sum), input('label', [])),
    goOn: less(mul(count, 1), 4),
  };
  return Session.create(outputs, { rewrite: (step) => writeLoop(step, plan) });
}

const feeds = (steps: number) => ({
  [LOOP_STEPS]: int64([], [steps]),
  [outside('sum')]: float32([2], [1, 2]),
  [outside('count')]: int64([], [0]),
  [outside('addend')]: float32([4, 2], [1, 0, 2, 1, 7, 7, 7, 7]),
  [outside('label')]: float32([4], [0.5, -1, 0.25, -1]),
  factor: float32([], [2]),
});

it('takes as many steps as it is told, each with its own inputs, and keeps what is wanted of each', async () => {
  const session = await loop();
  const one = await session.run(feeds(1));
  expect([...one[outside('next.sum')]!.data]).toEqual([4, 4]);
  expect(one[outside('square')]).toMatchObject({ shape: [1, 2] });
  const two = await session.run(feeds(2));
  expect([...two[outside('next.sum')]!.data]).toEqual([12, 10]);
  // The second step's label is the one that the counter names, not the second.
  expect([...two[outside('square')]!.data]).toEqual([16.5, 16.5, 144.25, 100.25]);
  await session.release();
});

it('ends early when a step says so', async () => {
  const session = await loop();
  const results = await session.run(feeds(4));
  expect(results[outside('square')]!.shape).toEqual([2, 2]);
  expect(Number(results[outside('next.count')]!.data[0])).toBe(4);
  await session.release();
});

it('says which input or output is not there', async () => {
  const outputs = { 'next.sum': add(input('sum', [2]), 1) };
  const lost = { ...plan, kept: ['norm'] };
  await expect(Session.create(outputs, { rewrite: (step) => writeLoop(step, lost) })).rejects.toThrow(
    'no input or output count',
  );
});
