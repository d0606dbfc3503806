import { describe, expect, test } from 'vitest';
import { gradients } from '../../../native-runtime/autodiff/gradients';
import { scoreBytes, slicesOf } from '../../../native-runtime/autodiff/rules/attention';
import { bytesOf } from '../../../native-runtime/graph/memory';
import { sortNodes } from '../../../native-runtime/graph/model';
import { mul } from '../../../native-runtime/graph/operators/elementwise';
import { multiHeadAttention } from '../../../native-runtime/graph/operators/matrix';
import { reduceSum } from '../../../native-runtime/graph/operators/reduce';
import { input } from '../../../native-runtime/graph/tensor';

/** The largest tensor of an attention's gradients. */
function largest(rows: number, queries: number, keys: number, width: number, heads: number): number {
  const q = input('q', [rows, queries, width]);
  const [k, v] = [input('k', [rows, keys, width]), input('v', [rows, keys, width])];
  const output = multiHeadAttention(q, k, v, heads, 1);
  const slopes = gradients(reduceSum(mul(output, output), [0, 1, 2]), [q, k, v]);
  expect(slopes.map(({ shape }) => shape)).toEqual([q.shape, k.shape, v.shape]);
  const nodes = sortNodes(slopes);
  expect(nodes.length).toBeLessThan(30_000);
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
    const bytes = largest(rows, queries, keys, width, heads);
    expect(bytes).toBeLessThanOrEqual(Math.max(scoreBytes.most, whole));
    expect(bytes).toBeLessThan(2 ** 31);
  });
});

describe('slices', () => {
  const megabyteScores = { queries: 1024, keys: 256 };
  test('take all heads at once where they fit', () => {
    expect(slicesOf(16, megabyteScores.queries, megabyteScores.keys, 4)).toEqual({ heads: 16, queries: 1024 });
  });
  test('take some heads where all are too many, in equal parts', () => {
    expect(slicesOf(48, megabyteScores.queries, megabyteScores.keys, 4)).toEqual({ heads: 24, queries: 1024 });
  });
  test('take some queries where one head has too many', () => {
    expect(slicesOf(8, 4096, 4096, 4)).toEqual({ heads: 1, queries: 2048 });
  });
  test('take one query at least', () => {
    expect(slicesOf(2, 7, scoreBytes.most, 4)).toEqual({ heads: 1, queries: 1 });
  });
});
