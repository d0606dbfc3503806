import { describe, expect, it } from 'vitest';
import { galleryStrings } from '../../../../src/common/webview/galleryStrings';
import { countPictures, filterGroups, isFiltering, modelsOf, noFilter } from '../../../../webview/gallery/filter';
import { gridRows } from '../../../../webview/gallery/gridRows';
import { moveByKey, nameAt, placeOf, scrollToRow } from '../../../../webview/gallery/navigation';
import { actionOfKey, pictureActions } from '../../../../webview/gallery/pictureActions';
import { findPicture, receive } from '../../../../webview/gallery/state';
import { fittedScale, nextZoom } from '../../../../webview/gallery/zoom';
import { testComparison, testGroup, testPicture } from './groups';

const metrics = { width: 536, tile: 128, gap: 8, header: 56, line: 22 };
const rowsOf = (groups: Parameters<typeof gridRows>[0]) => gridRows(groups, metrics, { seed: String });

describe('moving by key', () => {
  // Rows of pictures: a1 a2 a3 a4 / a5 a6 / b1 b2 b3
  const rows = rowsOf([testGroup('a', 6), testGroup('b', 3)]);
  const file = (seed: number) => testPicture(seed).file;
  const go = (group: string, seed: number, key: string) => {
    const place = moveByKey(rows, placeOf(rows, { group, file: file(seed) })!, key, 2);
    const name = place && nameAt(rows, place);
    return name && `${name.group}${Number(name.file.slice(0, 4))}`;
  };
  it.each([
    ['a', 1, 'ArrowRight', 'a2'],
    ['a', 4, 'ArrowRight', 'a5'],
    ['a', 6, 'ArrowRight', 'b1'],
    ['a', 5, 'ArrowLeft', 'a4'],
    ['a', 1, 'ArrowLeft', undefined],
    ['b', 3, 'ArrowRight', undefined],
    ['a', 4, 'ArrowDown', 'a6'],
    ['a', 6, 'ArrowDown', 'b2'],
    ['b', 3, 'ArrowUp', 'a6'],
    ['b', 2, 'ArrowDown', undefined],
    ['a', 2, 'PageDown', 'b2'],
    ['b', 1, 'PageUp', 'a1'],
    ['b', 2, 'Home', 'a1'],
    ['a', 1, 'End', 'b3'],
    ['a', 1, 'x', undefined],
  ])('from %s%i with %s to %s', (group, seed, key, target) => expect(go(group, seed, key)).toBe(target));

  it('passes over empty cells of a comparison', () => {
    const pictures = [0, 2].map((column) => testPicture(column, { cell: { row: 0, column } }));
    const table = rowsOf([testComparison(1, 3, { pictures })]);
    const from = placeOf(table, { group: 'compare', file: pictures[0]!.file })!;
    expect(moveByKey(table, from, 'ArrowRight', 1)?.column).toBe(2);
  });

  it('scrolls as little as possible', () => {
    expect(scrollToRow({ top: 500, height: 100 }, 0, 1000)).toBe(0);
    expect(scrollToRow({ top: 500, height: 100 }, 0, 550)).toBe(50);
    expect(scrollToRow({ top: 500, height: 100 }, 700, 550)).toBe(500);
    expect(scrollToRow({ top: 500, height: 900 }, 0, 550)).toBe(500);
  });
});

describe('filtering', () => {
  const starred = testPicture(1, { starred: true, prompt: 'a dog in the snow', model: 'dog' });
  const groups = [testGroup('a', 3), testGroup('b', 0, { pictures: [starred, testPicture(2)] }), testComparison(2, 2)];
  const found = (change: object) => filterGroups(groups, { ...noFilter, ...change });

  it('hides nothing by itself', () => {
    expect(found({})).toEqual(groups);
    expect(isFiltering({ ...noFilter, text: '  ' })).toBe(false);
  });
  it.each([
    [{ starred: true }, 1],
    [{ text: 'SNOW dog' }, 1],
    [{ text: 'beach' }, 8],
    [{ text: 'snow beach' }, 0],
    [{ model: 'dog' }, 1],
    [{ model: 'cat', starred: true }, 0],
  ])('with %o shows %i pictures', (change, count) => expect(countPictures(found(change))).toBe(count));
  it('shows what is left of a comparison as a sequence', () => {
    const some = testComparison(2, 2);
    some.pictures[3] = { ...some.pictures[3]!, starred: true };
    expect(filterGroups([some], { ...noFilter, starred: true })[0]).toMatchObject({ kind: 'pictures', rows: [] });
    expect(filterGroups([some], { ...noFilter, text: 'beach' })[0]).toBe(some);
  });
  it('lists the models', () => expect(modelsOf(groups)).toEqual(['cat', 'dog']));
});

describe('receive', () => {
  const start = receive({ trusted: true }, { type: 'groups', groups: [testGroup('b', 1), testGroup('a', 1)] });
  const ids = (state: typeof start) => state.groups?.map(({ id }) => id);
  it('puts a new group first and changes one in place', () => {
    expect(ids(receive(start, { type: 'group', group: testGroup('c', 0) }))).toEqual(['c', 'b', 'a']);
    const changed = receive(start, { type: 'group', group: testGroup('a', 5) });
    expect(ids(changed)).toEqual(['b', 'a']);
    expect(findPicture(changed.groups!, { group: 'a', file: testPicture(5).file })?.seed).toBe(5);
  });
  it('removes a group', () => expect(ids(receive(start, { type: 'groupGone', id: 'b' }))).toEqual(['a']));
  it('can be asked for the same picture twice', () => {
    const once = receive(start, { type: 'show', group: 'a' });
    expect(receive(once, { type: 'show', group: 'a' }).shown!.count).toBe(once.shown!.count + 1);
  });
});

describe('actions', () => {
  const name = { group: 'a', file: 'x.png' };
  it('toggles the star and names the picture', () => {
    const [star] = pictureActions(name, testPicture(1, { starred: true }), galleryStrings, true);
    expect(star).toMatchObject({ pressed: true, message: { type: 'star', ...name, starred: false } });
  });
  it.each([
    ['s', true, 'star'],
    ['S', true, 'star'],
    ['Delete', true, 'delete'],
    ['i', true, 'inspect'],
    ['i', false, undefined],
    ['u', true, 'use'],
    ['x', true, undefined],
  ])('%s does its action (trusted: %s)', (key, trusted, id) =>
    expect(actionOfKey(key, pictureActions(name, testPicture(1), galleryStrings, trusted))?.id).toBe(id),
  );
});

describe('zoom', () => {
  it('enlarges small pictures by whole steps and shrinks large ones', () => {
    expect(fittedScale({ width: 64, height: 64 }, { width: 500, height: 400 })).toBe(6);
    expect(fittedScale({ width: 512, height: 512 }, { width: 800, height: 600 })).toBe(1);
    expect(fittedScale({ width: 1024, height: 512 }, { width: 512, height: 512 })).toBe(0.5);
  });
  it('goes in and out in steps and ends at the fitted size', () => {
    expect(nextZoom(0, 1, 6)).toBe(8);
    expect(nextZoom(8, 1, 6)).toBe(16);
    expect(nextZoom(16, 1, 6)).toBe(16);
    expect(nextZoom(8, -1, 6)).toBe(4);
    expect(nextZoom(1, -1, 6)).toBe(0);
    expect(nextZoom(0.5, -1, 0.5)).toBe(0);
  });
});
