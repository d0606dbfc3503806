import { expect, it } from 'vitest';
import { movePicture } from '../../../../webview/dataset/movePicture';

// Seven pictures in rows of three: 0 1 2 / 3 4 5 / 6.
it.each([
  ['ArrowRight', 0, 1],
  ['ArrowRight', 2, 3],
  ['ArrowRight', 6, undefined],
  ['ArrowLeft', 3, 2],
  ['ArrowLeft', 0, undefined],
  ['ArrowDown', 3, 6],
  ['ArrowDown', 4, undefined],
  ['ArrowUp', 6, 3],
  ['ArrowUp', 2, undefined],
  ['Home', 4, 0],
  ['Home', 0, undefined],
  ['End', 4, 6],
  ['Enter', 4, undefined],
])('%s from picture %i leads to %s', (key, from, to) => expect(movePicture(key, from, 7, 3)).toBe(to));
