import { describe, expect, it } from 'vitest';
import { Session } from '../../native-runtime/device/session';
import { add } from '../../native-runtime/graph/operators/elementwise';
import { input } from '../../native-runtime/graph/tensor';
import { SessionCache } from '../../native-runtime/sample/sessionCache';
import { float32 } from '../../native-runtime/tensorData';

/** A cache of graphs that add a number, and the keys in the order they were compiled. */
function addingCache(limit: number) {
  const compiled: string[] = [];
  const cache = new SessionCache(limit);
  const plus = (amount: number) =>
    cache.use(
      String(amount),
      async () => {
        compiled.push(String(amount));
        return { session: await Session.create({ y: add(input('x', [1]), amount) }) };
      },
      async ({ session }) => (await session.run({ x: float32([1], [10]) })).y!.data[0],
    );
  return { cache, compiled, plus };
}

describe('compiled graphs', () => {
  it('are compiled once, the one unused for longest first to go', async () => {
    const { cache, compiled, plus } = addingCache(2);
    expect([await plus(1), await plus(2), await plus(1), await plus(3), await plus(1), await plus(2)]).toEqual([
      11, 12, 11, 13, 11, 12,
    ]);
    expect(compiled).toEqual(['1', '2', '3', '2']);
    await cache.release();
    expect(await plus(1)).toBe(11);
    expect(compiled).toHaveLength(5);
  });

  it('stay while they are in use, however many are asked for at once', async () => {
    const { compiled, plus } = addingCache(1);
    const amounts = [1, 2, 3, 1, 2, 3];
    expect(await Promise.all(amounts.map(plus))).toEqual(amounts.map((amount) => 10 + amount));
    expect(compiled).toEqual(['1', '2', '3']);
  });

  it('that failed are tried again', async () => {
    const cache = new SessionCache(2);
    let attempts = 0;
    const compile = async () => {
      if (++attempts === 1) throw new Error('no memory');
      return { session: await Session.create({ y: add(input('x', [1]), 1) }) };
    };
    const use = () => cache.use('key', compile, async () => attempts);
    await expect(use()).rejects.toThrow('no memory');
    expect(await use()).toBe(2);
  });
});
