import { describe, expect, test } from 'vitest';
import { giveBack } from '../../../native-runtime/device/giveBack';
import { Session } from '../../../native-runtime/device/session';
import { add } from '../../../native-runtime/graph/operators/elementwise';
import { input } from '../../../native-runtime/graph/tensor';
import { float32 } from '../../../native-runtime/tensorData';

const arrayBytes = () => process.memoryUsage().arrayBuffers;

describe('memory that is given back', () => {
  test('is free at once, and the arrays are empty', () => {
    const before = arrayBytes();
    const arrays = Array.from({ length: 3 }, () => new Float32Array(2 ** 22));
    expect(arrayBytes() - before).toBeGreaterThan(2.9 * 2 ** 24);
    giveBack(arrays);
    expect(arrayBytes() - before).toBeLessThan(2 ** 20);
    expect(arrays.map(({ length }) => length)).toEqual([0, 0, 0]);
  });
  test('is nothing for no arrays', () => {
    expect(() => giveBack([])).not.toThrow();
  });
});

test('a run that writes into given tensors leaves no copies of them', async () => {
  const count = 2 ** 22;
  const session = await Session.create({ y: add(input('x', [count]), 1) });
  const [x, y] = [new Float32Array(count).fill(2), new Float32Array(count)];
  const into = { y: float32([count], y) };
  const before = arrayBytes();
  for (let i = 0; i < 3; i++) {
    const { values } = await session.runKeeping({ x: float32([count], x) }, into);
    expect(values.y).toBe(into.y);
  }
  expect(arrayBytes() - before).toBeLessThan(count);
  expect([y[0], y[count - 1]]).toEqual([3, 3]);
  await session.release();
});
