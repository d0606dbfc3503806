import { expect, it } from 'vitest';
import { WorkTime } from '../../../src/common/workTime';

const minute = 60_000;

it('F23 adds up the time between marks, without what a machine slept', () => {
  const work = new WorkTime();
  let now = 1e12;
  work.mark(now);
  for (let i = 0; i < 4; i++) work.mark((now += 2000));
  expect(work.total).toBe(8000);
  // Eight hours of night count as one more of the same.
  expect(work.mark((now += 480 * minute))).toBe(10_000);
  expect(work.mark((now += 2000))).toBe(12_000);
});

it('F23 a slow machine does not sleep', () => {
  const work = new WorkTime();
  work.mark(0);
  expect(work.mark(3 * minute)).toBe(3 * minute);
  expect(work.mark(15 * minute)).toBe(15 * minute);
});

it('D18 a clock that is set back takes nothing away', () => {
  const work = new WorkTime();
  work.mark(1e12);
  work.mark(1e12 + 1000);
  expect(work.mark(0)).toBe(1000);
  expect(work.mark(1000)).toBe(2000);
});
