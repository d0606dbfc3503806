import { describe, expect, test } from 'vitest';
import { gradients } from '../../../native-runtime/autodiff/gradients';
import { hostScoreBytes, type ScoreBytes } from '../../../native-runtime/autodiff/rule';
import { attentionGradients, slicesOf } from '../../../native-runtime/autodiff/rules/attention';
import { scoreBytes } from '../../../native-runtime/device/scoreBytes';
import { bytesOf } from '../../../native-runtime/graph/memory';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import { mul } from '../../../native-runtime/graph/operators/elementwise';
import { multiHeadAttention } from '../../../native-runtime/graph/operators/matrix';
import { reduceSum } from '../../../native-runtime/graph/operators/reduce';
import { input, type Tensor } from '../../../native-runtime/graph/tensor';
import { Session } from '../../../native-runtime/device/session';
import { float32 } from '../../../native-runtime/tensorData';

type Sizes = [rows: number, queries: number, keys: number, width: number, heads: number];

/** The largest tensor of an attention's gradients. */
function largest(scores: ScoreBytes, ...[rows, queries, keys, width, heads]: Sizes): number {
  const q = input('q', [rows, queries, width]);
  const [k, v] = [input('k', [rows, keys, width]), input('v', [rows, keys, width])];
  const output = multiHeadAttention(q, k, v, heads, 1);
  const slopes = gradients(reduceSum(mul(output, output), [0, 1, 2]), [q, k, v], { scores });
  expect(slopes.map(({ shape }) => shape)).toEqual([q.shape, k.shape, v.shape]);
  const nodes = sortNodes(slopes);
  expect(nodes.length).toBeLessThan(100_000);
  return nodes.flatMap(({ outputs }) => outputs.map(bytesOf)).reduce((most, bytes) => Math.max(most, bytes));
}

describe('no tensor of an attention in the backward pass is large', () => {
  test.each([
    ['512 px, 4 rows', 4, 64 ** 2, 64 ** 2, 320, 8],
    ['768 px, 4 rows', 4, 96 ** 2, 96 ** 2, 320, 8],
    ['768 px, 32 rows', 32, 96 ** 2, 96 ** 2, 320, 8],
    ['1024 px of SDXL, 4 rows', 4, 64 ** 2, 64 ** 2, 640, 10],
    ['2048 px, 2 rows', 2, 256 ** 2, 256 ** 2, 320, 8],
    ['text at 2048 px, 8 rows', 8, 256 ** 2, 77, 320, 8],
  ])('%s', (_, rows, queries, keys, width, heads) => {
    // Beside the scores there are whole queries, keys and values, which nothing slices.
    const whole = 4 * rows * Math.max(queries, keys) * width;
    const sizes: Sizes = [rows, queries, keys, width, heads];
    const bytes = largest(hostScoreBytes, ...sizes);
    expect(bytes).toBeLessThanOrEqual(Math.max(hostScoreBytes.most!, whole));
    expect(largest(scoreBytes('webgpu'), ...sizes)).toBeLessThanOrEqual(Math.max(2 ** 27, whole));
  });
});

describe('slices', () => {
  const scores = { queries: 2 ** 12, keys: 2 ** 12 };
  const limits = { slice: 2 ** 29 };
  test('take some heads where all are too many, in equal parts', () => {
    expect(slicesOf(48, scores.queries, 4 * scores.keys, limits)).toEqual({ heads: 8, queries: scores.queries });
    expect(slicesOf(33, scores.queries, 4 * scores.keys, limits)).toEqual({ heads: 3, queries: scores.queries });
  });
  test('take some queries where one head has too many', () => {
    expect(slicesOf(8, 2 ** 14, 4 * 2 ** 14, limits)).toEqual({ heads: 1, queries: 2 ** 13 });
  });
  test('grow where there would be too many of them', () => {
    const growing = { slice: 2 ** 24, most: 2 ** 29 };
    expect(slicesOf(16, 2 ** 10, 2 ** 12, growing)).toEqual({ heads: 4, queries: 2 ** 10 });
    expect(slicesOf(16, 2 ** 14, 2 ** 16, growing)).toEqual({ heads: 1, queries: 2 ** 12 });
    expect(slicesOf(256, 2 ** 14, 2 ** 16, growing)).toEqual({ heads: 1, queries: 2 ** 13 });
  });
  test('take one query at least', () => {
    expect(slicesOf(2, 7, 4 * limits.slice, limits)).toEqual({ heads: 1, queries: 1 });
  });
});

describe('the gradients in slices', () => {
  test.each([
    ['heads', 5 * 7 * 4 * 2],
    ['queries', 7 * 4 * 2],
  ])('of %s are those of the whole', async (_, bytes) => {
    const [q, k, v, output, grad] = [5, 7, 7, 5, 5].map((positions, i) => input(`x${i}`, [4, positions, 3]));
    const parts = [q!, k!, v!, output!, grad!] as const;
    const whole = attentionGradients(parts, 0.5, hostScoreBytes);
    const slices = attentionGradients(parts, 0.5, { slice: bytes });
    const feeds = Object.fromEntries(
      parts.map(({ shape }, i) => [
        `x${i}`,
        float32(
          shape,
          Array.from({ length: 60 + 24 * Number(i === 1 || i === 2) }, (_, n) => Math.sin(n + i)),
        ),
      ]),
    );
    const run = async (slopes: readonly Tensor[]) => {
      const session = await Session.create(Object.fromEntries(slopes.map((x, i) => [`g${i}`, x])), { threads: 1 });
      const results = await session.run(feeds);
      await session.release();
      return slopes.flatMap((_, i) => Array.from(results[`g${i}`]!.data, Number));
    };
    const [expected, found] = [await run(whole), await run(slices)];
    expect(found).toHaveLength(expected.length);
    found.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 5));
  });
});
