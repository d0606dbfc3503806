import { expect, it } from 'vitest';
import { RandomStream } from '../../../native-runtime/random';

// Runs of earlier versions resume only if the draws stay what they were.
it.each([
  [
    [0, 'x', 0, 0],
    [3992988447, 3851459898, 1105817013, 2734774408, 2586506109],
  ],
  [
    [2 ** 40 + 7, 'noise', 3, 9],
    [1981186311, 1582413890, 2014515308, 1167597260, 1248200149],
  ],
  [
    [1234567, 'latent', 2 ** 32 - 1, 77],
    [2200187188, 1453704886, 3385592303, 3883093687, 632956884],
  ],
] as const)('the draws of %j', ([seed, purpose, step, index], words) => {
  const stream = new RandomStream(seed, purpose, step, index);
  expect(words.map(() => stream.nextUint32())).toEqual(words);
});

it('normal values, also an odd number of them', () => {
  expect([...new RandomStream(3, 'noise', 1, 2).normals(5)]).toEqual([
    1.2266504764556885, 0.23381125926971436, 0.44471147656440735, -1.6343774795532227, -0.5325800776481628,
  ]);
});
