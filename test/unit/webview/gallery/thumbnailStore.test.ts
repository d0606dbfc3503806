import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ThumbnailStore } from '../../../../webview/gallery/thumbnailStore';

let asked: string[][] = [];
let store: ThumbnailStore;
const name = (file: string) => ({ group: 'a', file });
const nothing = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  store = new ThumbnailStore((pictures) => asked.push(pictures.map(({ file }) => file)));
});
afterEach(() => void vi.useRealTimers());

it('asks once for what came into view together, and tells when it is there', () => {
  const onFound = vi.fn();
  store.watch('s1', name('1'), onFound);
  store.watch('s2', name('2'), onFound);
  store.watch('s1', name('1'), onFound);
  vi.advanceTimersByTime(100);
  store.watch('s1', name('1'), onFound);
  vi.advanceTimersByTime(100);
  expect(asked).toEqual([['1', '2']]);
  expect(store.find('s1')).toBeUndefined();
  store.receive({ s1: 't1' });
  expect([store.find('s1'), onFound.mock.calls.length]).toEqual(['t1', 1]);
});

it('does not ask for what was scrolled past', () => {
  store.watch('s1', name('1'), nothing)();
  store.watch('s2', name('2'), nothing);
  vi.advanceTimersByTime(100);
  expect(asked).toEqual([['2']]);
});

it('keeps what comes after it went out of view', () => {
  const onFound = vi.fn();
  const leave = store.watch('s1', name('1'), onFound);
  vi.advanceTimersByTime(100);
  leave();
  store.receive({ s1: 't1' });
  expect(onFound).not.toHaveBeenCalled();
  store.watch('s1', name('1'), nothing);
  vi.advanceTimersByTime(100);
  expect([store.find('s1'), asked]).toEqual(['t1', [['1']]]);
});

it('asks for many in messages that the host takes', () => {
  for (let i = 0; i < 250; i++) store.watch(`s${i}`, name(String(i)), nothing);
  vi.advanceTimersByTime(100);
  expect(asked.map((part) => part.length)).toEqual([100, 100, 50]);
});
