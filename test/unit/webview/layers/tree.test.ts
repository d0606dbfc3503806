import { describe, expect, it } from 'vitest';
import { layerModel } from '../../../../webview/layers/layerModel';
import { treeKey, typeAhead, type TreeFocus } from '../../../../webview/layers/treeKeys';
import { visibleRows } from '../../../../webview/layers/treeRows';
import { stableDiffusion } from './layerLists';

const { root } = layerModel(stableDiffusion);
const start: TreeFocus = { active: '', expanded: new Set(['']) };

/** Presses keys one after the other; a toggle is noted and changes nothing else. */
function press(focus: TreeFocus, ...keys: string[]): { focus: TreeFocus; toggled: string[] } {
  const toggled: string[] = [];
  for (const key of keys) {
    const action = treeKey(key, focus, visibleRows(root, focus.expanded));
    if (action && 'focus' in action) focus = action.focus;
    else if (action) toggled.push(action.toggle);
  }
  return { focus, toggled };
}

describe('rows', () => {
  it('tell level, place and size of their set', () => {
    const rows = visibleRows(root, new Set(['', 'down_blocks.1']));
    expect(rows[0]).toMatchObject({ level: 1, position: 1, setSize: 1, expanded: true });
    const attention = rows.find(({ node }) => node.id === 'down_blocks.1.attentions.1');
    expect(attention).toMatchObject({ level: 3, position: 2, setSize: 2, expanded: false, parent: 'down_blocks.1' });
    expect(rows).toHaveLength(1 + 7 + 2);
  });

  it('leaves have no expanded state', () => {
    const all = new Set([
      '',
      'mid_block',
      'mid_block.attentions.0',
      'mid_block.attentions.0.transformer_blocks.0.attn2',
    ]);
    const leaf = visibleRows(root, all).find(({ node }) => node.label === 'to_k');
    expect(leaf).toBeDefined();
    expect(leaf!.expanded).toBeUndefined();
  });

  it('a search shows what it finds with everything above it', () => {
    const rows = visibleRows(root, new Set(), 'mid attn2 to_k');
    expect(rows.map(({ node }) => node.label)).toEqual(['UNet', 'mid_block', 'attentions.0', 'attn2', 'to_k']);
    expect(rows.map(({ setSize }) => setSize)).toEqual([1, 1, 1, 1, 1]);
  });

  it('what is found opens as usual, and finding nothing shows nothing', () => {
    expect(visibleRows(root, new Set(), 'down_blocks.0').map(({ node }) => node.id)).toEqual(['', 'down_blocks.0']);
    expect(visibleRows(root, new Set(['down_blocks.0']), 'down_blocks.0')).toHaveLength(4);
    expect(visibleRows(root, new Set(), 'nowhere')).toEqual([]);
  });
});

describe('keyboard', () => {
  it.each<[string, string[], string]>([
    ['down', ['ArrowDown', 'ArrowDown'], 'down_blocks.1'],
    ['up stops at the top', ['ArrowDown', 'ArrowUp', 'ArrowUp'], ''],
    ['end', ['End'], 'up_blocks.3'],
    ['down stops at the end', ['End', 'ArrowDown'], 'up_blocks.3'],
    ['home', ['End', 'Home'], ''],
    ['right opens, then goes in', ['ArrowDown', 'ArrowRight', 'ArrowRight'], 'down_blocks.0.attentions.0'],
    ['left goes out', ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowLeft'], 'down_blocks.0'],
  ])('%s', (_name, keys, active) => {
    expect(press(start, ...keys).focus.active).toBe(active);
  });

  it('left closes before it goes out, right on a leaf stays', () => {
    const { focus } = press(start, 'ArrowDown', 'ArrowRight', 'ArrowLeft');
    expect(focus).toEqual({ active: 'down_blocks.0', expanded: new Set(['']) });
    const deep = press(start, 'ArrowDown', ...Array<string>(9).fill('ArrowRight'));
    expect(deep.focus.active).toBe('down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q');
  });

  it('* opens every row beside the active one', () => {
    const { focus } = press(start, 'ArrowDown', '*');
    expect([...focus.expanded].sort()).toEqual(['', ...root.children.map(({ id }) => id)].sort());
  });

  it('Space and Enter toggle the check box; other keys are left alone', () => {
    expect(press(start, 'ArrowDown', ' ', 'Enter').toggled).toEqual(['down_blocks.0', 'down_blocks.0']);
    expect(treeKey('Tab', start, visibleRows(root, start.expanded))).toBeUndefined();
  });

  it('typed letters go to the next label that begins with them', () => {
    const rows = visibleRows(root, start.expanded);
    expect(typeAhead('u', '', rows)).toBe('up_blocks.1');
    expect(typeAhead('u', 'up_blocks.1', rows)).toBe('up_blocks.2');
    expect(typeAhead('d', 'up_blocks.3', rows)).toBe('down_blocks.0');
    expect(typeAhead('up_blocks.3', 'up_blocks.1', rows)).toBe('up_blocks.3');
    expect(typeAhead('x', '', rows)).toBeUndefined();
  });

  it('a focus on a row that a search hides starts at the top', () => {
    const rows = visibleRows(root, start.expanded, 'mid');
    expect(treeKey('ArrowDown', { ...start, active: 'up_blocks.1' }, rows)).toEqual({
      focus: { ...start, active: 'mid_block' },
    });
  });
});
