import { afterEach, expect, it, vi } from 'vitest';
import { runtimeRequests } from '../../../src/common/protocol/runtimeProtocol';
import { isTimed } from '../../../src/worker/requestLimits';
import { RestartBudget } from '../../../src/worker/restartBudget';
import { SilenceWatch } from '../../../src/worker/silenceWatch';

afterEach(() => void vi.useRealTimers());

it('every request but the jobs and the first message is timed', () => {
  const untimed = (Object.keys(runtimeRequests) as (keyof typeof runtimeRequests)[]).filter((name) => !isTimed(name));
  expect(untimed).toEqual(['initialize', 'train/start', 'train/resume', 'sample/generate', 'sample/compare']);
});

it('F1 three restarts in ten minutes with growing waits, then no more', () => {
  let now = 0;
  const budget = new RestartBudget(undefined, () => now);
  const waits: number[] = [];
  for (let i = 0; i < 4; i++) {
    expect(budget.isExhausted).toBe(false);
    waits.push(budget.delayMs);
    budget.recordFailure();
    now += 60_000;
  }
  expect(waits).toEqual([0, 1000, 2000, 4000]);
  expect(budget.isExhausted).toBe(true);
  now = 600_001;
  expect(budget.isExhausted).toBe(false);
  expect(budget.count).toBe(3);
  budget.reset();
  expect(budget.delayMs).toBe(0);
});

it('F4 silence is reported once, and its end', () => {
  vi.useFakeTimers();
  const reports: boolean[] = [];
  const watch = new SilenceWatch(
    10_000,
    (isSilent) => reports.push(isSilent),
    () => Date.now(),
  );
  vi.advanceTimersByTime(9000);
  watch.touch();
  vi.advanceTimersByTime(9000);
  expect(reports).toEqual([]);
  vi.advanceTimersByTime(20_000);
  expect(reports).toEqual([true]);
  watch.touch();
  watch.touch();
  expect(reports).toEqual([true, false]);
  watch.dispose();
  vi.advanceTimersByTime(60_000);
  expect(reports).toHaveLength(2);
});

it('F23 the sleep of the machine is not silence', () => {
  vi.useFakeTimers();
  let asleep = 0;
  const onChange = vi.fn();
  const watch = new SilenceWatch(10_000, onChange, () => Date.now() + asleep);
  vi.advanceTimersByTime(3000);
  asleep = 3_600_000;
  vi.advanceTimersByTime(4000);
  expect(onChange).not.toHaveBeenCalled();
  watch.dispose();
});
