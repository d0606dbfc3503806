import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatShape } from '../../../../webview/weights/quantities';
import { buildTree, searchTensors, type TreeNode } from '../../../../webview/weights/tensorTree';
import { treeKey, typeAhead, visibleRows } from '../../../../webview/weights/treeRows';

const tensor = (name: string, parameters = 4) => ({
  name,
  dtype: 'F16',
  shape: [parameters],
  bytes: 2 * parameters,
  parameters,
});
const names = [
  'unet.down.0.attn1.to_q.weight',
  'unet.down.0.attn2.to_k.weight',
  'unet.down.0.attn2.to_v.weight',
  'unet.up.0.attn2.to_k.weight',
  'modifier_token.<new1>',
  'scale',
];
const tensors = names.map((name) => tensor(name));
const labels = (node: TreeNode): unknown =>
  node.tensor ? node.label : { [node.label]: node.children.map((child) => labels(child)) };

describe('the tree of tensors', () => {
  const root = buildTree(tensors);

  test('goes by the parts of the names; chains are drawn together', () => {
    expect(root.children.map(labels)).toEqual([
      {
        unet: [
          { 'down.0': [{ 'attn1.to_q': ['weight'] }, { attn2: [{ to_k: ['weight'] }, { to_v: ['weight'] }] }] },
          { 'up.0.attn2.to_k': ['weight'] },
        ],
      },
      { modifier_token: ['<new1>'] },
      'scale',
    ]);
  });

  test('adds up what lies below', () => {
    const unet = root.children[0]!;
    expect([unet.tensors, unet.parameters, unet.bytes]).toEqual([4, 16, 32]);
    expect(root.tensors).toBe(6);
  });

  test('a name that is also the start of others, and odd dots', () => {
    const odd = buildTree(['a', 'a.b', '.x', 'y.', 'p..q'].map((name) => tensor(name)));
    expect(odd.tensors).toBe(5);
    const rows = visibleRows(odd, () => true).filter(({ node }) => node.tensor);
    expect(new Set(rows.map(({ node }) => node.tensor!.name))).toEqual(new Set(['a', 'a.b', '.x', 'y.', 'p..q']));
    expect(new Set(rows.map(({ node }) => node.id)).size).toBe(5);
  });

  test('a name of 100,000 parts is one line', () => {
    const deep = buildTree([tensor('a.'.repeat(100_000) + 'b')]);
    expect(visibleRows(deep, () => true)).toHaveLength(1);
  });

  test('20,000 tensors', () => {
    const many = buildTree(Array.from({ length: 20_000 }, (_, i) => tensor(`blocks.${i % 100}.${i}.weight`)));
    expect(visibleRows(many, () => false)).toHaveLength(1);
    expect(many.tensors).toBe(20_000);
  });

  test('search: every word, any order, any case', () => {
    const found = (text: string) => searchTensors(tensors, text).map(({ name }) => names.indexOf(name));
    expect(found('TO_K attn2')).toEqual([1, 3]);
    expect(found('  ')).toHaveLength(6);
    expect(found('nothing')).toEqual([]);
  });
});

describe('keys of the tree', () => {
  const root = buildTree(tensors);
  const open = new Set(['unet', 'unet.down.0']);
  const rows = visibleRows(root, (id) => open.has(id));
  const at = (label: string) => rows.findIndex(({ node }) => node.label === label);

  test('levels, places and siblings', () => {
    expect(rows.map(({ node, level, position, siblings }) => [node.label, level, position, siblings])).toEqual([
      ['unet', 1, 1, 3],
      ['down.0', 2, 1, 2],
      ['attn1.to_q', 3, 1, 2],
      ['attn2', 3, 2, 2],
      ['up.0.attn2.to_k', 2, 2, 2],
      ['modifier_token', 1, 2, 3],
      ['scale', 1, 3, 3],
    ]);
  });

  test.each([
    ['ArrowDown', 'unet', { active: 1 }],
    ['ArrowUp', 'unet', { active: 0 }],
    ['End', 'unet', { active: 6 }],
    ['Home', 'scale', { active: 0 }],
    ['PageDown', 'unet', { active: 4 }],
    ['ArrowRight', 'unet', { active: 1 }],
    ['ArrowRight', 'attn2', { open: ['unet.down.0.attn2'] }],
    ['ArrowRight', 'scale', {}],
    ['ArrowLeft', 'attn2', { active: 1 }],
    ['ArrowLeft', 'down.0', { close: ['unet.down.0'] }],
    [' ', 'attn2', { open: ['unet.down.0.attn2'] }],
    ['Enter', 'unet', { close: ['unet'] }],
    ['*', 'attn2', { open: ['unet.down.0.attn1.to_q', 'unet.down.0.attn2'] }],
    ['*', 'scale', { open: ['unet', 'modifier_token'] }],
    ['x', 'unet', undefined],
  ] as const)('%s at %s', (key, label, move) => {
    expect(treeKey(rows, at(label), key, 4)).toEqual(move);
  });

  test('typing a letter goes to the next line that begins with it', () => {
    expect(typeAhead(rows, at('unet'), 'A')).toBe(at('attn1.to_q'));
    expect(typeAhead(rows, at('attn1.to_q'), 'a')).toBe(at('attn2'));
    expect(typeAhead(rows, at('unet'), 'z')).toBe(at('unet'));
  });
});

test('quantities', () => {
  expect([0, 512, 1536, 5 << 20, 3 * 2 ** 40].map(formatBytes)).toEqual(['0 B', '512 B', '1.5 KB', '5.0 MB', '3.0 TB']);
  expect([999, 19_200, 19_170_000, 1.07e9].map(formatCount)).toEqual(['999', '19.2 K', '19.2 M', '1.07 B']);
  expect([formatShape([], 'scalar'), formatShape([320, 4, 3, 3], 'scalar')]).toEqual(['scalar', '320 × 4 × 3 × 3']);
});
