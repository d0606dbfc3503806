import { describe, expect, it } from 'vitest';
import {
  excludedFiles,
  fileStem,
  shownCaption,
  subjectText,
  withExcluded,
} from '../../../../webview/dataset/captionText';
import { veiledPercent, veilPath } from '../../../../webview/dataset/veil';

describe('captions', () => {
  const config = { concepts: [{ modifierToken: '<new7>', classNoun: ' teddy bear ' }, { classNoun: 3 }] };
  it('name the subject as training does', () => {
    expect(subjectText(config, 0)).toBe('<new7> teddy bear');
    expect(subjectText(config, 1)).toBe('<new2>');
  });

  it('put the subject in the place of {} and follow the template while it is edited', () => {
    const template = { caption: 'photo of a {}', captionSource: 'template' as const };
    expect(shownCaption(template, '<new1> cat')).toBe('photo of a <new1> cat');
    expect(shownCaption(template, '<new1> cat', 'a drawing of {}')).toBe('a drawing of <new1> cat');
    expect(shownCaption({ caption: 'a cat on grass', captionSource: 'text' }, '<new1> cat', 'x {}')).toBe(
      'a cat on grass',
    );
  });

  it('share their name with the picture', () => {
    expect(['a.png', 'a.b.jpeg', '.png', 'none'].map(fileStem)).toEqual(['a', 'a.b', '.png', 'none']);
  });
});

describe('excluded pictures', () => {
  it('are listed in order, once, and not at all when there is none', () => {
    expect(withExcluded(['b.png'], 'a.png', false)).toEqual(['a.png', 'b.png']);
    expect(withExcluded(['a.png'], 'a.png', false)).toEqual(['a.png']);
    expect(withExcluded(['a.png'], 'a.png', true)).toBeUndefined();
  });

  it('what is no list of names excludes nothing', () => {
    expect(excludedFiles({ concepts: [{ exclude: 'a.png' }] }, 0)).toEqual([]);
    expect(excludedFiles({ concepts: [{ exclude: ['a.png', 3] }] }, 0)).toEqual(['a.png']);
    expect(excludedFiles({}, 0)).toEqual([]);
  });
});

describe('the veil', () => {
  const mask = { height: 2, width: 4, data: [0, 1, 0, 0, 1, 1, 1, 1] };
  it('covers the cells that do not count, row by row', () => {
    expect(veilPath(mask)).toBe('M0 0h1v1h-1zM2 0h2v1h-2z');
    expect(veiledPercent(mask)).toBe(38);
  });

  it('is empty where everything counts', () => {
    const all = { height: 2, width: 2, data: new Float32Array(4).fill(1) };
    expect(veilPath(all)).toBe('');
    expect(veiledPercent(all)).toBe(0);
  });
});
