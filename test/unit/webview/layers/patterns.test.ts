import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freezeModes, unmatchedPatterns } from '../../../../src/common/freezeModes';
import { layerModel, type LayerNode } from '../../../../webview/layers/layerModel';
import { writePatterns } from '../../../../webview/layers/patterns';
import {
  checkedState,
  modeOf,
  readSelection,
  toggleNode,
  trainedParameters,
} from '../../../../webview/layers/selection';
import { stableDiffusion, stableDiffusionXl } from './layerLists';

const model = layerModel(stableDiffusion);
const nothing = model.names.map(() => false);
const nodes = (node: LayerNode): LayerNode[] => [node, ...node.children.flatMap(nodes)];
const find = (id: string) => nodes(model.root).find((node) => node.id === id)!;

describe('the tree of a model', () => {
  it('has the levels UNet, block, attention layer, attention, projection', () => {
    expect(model.root.children.map(({ label }) => label)).toEqual([
      'down_blocks.0',
      'down_blocks.1',
      'down_blocks.2',
      'mid_block',
      'up_blocks.1',
      'up_blocks.2',
      'up_blocks.3',
    ]);
    const attention = find('down_blocks.1.attentions.1');
    expect(attention.children.map(({ label }) => label)).toEqual(['attn1', 'attn2']);
    expect(attention.children[1]!.children.map(({ label }) => label)).toEqual(['to_q', 'to_k', 'to_v', 'to_out']);
    expect(find('mid_block.attentions.0.transformer_blocks.0.attn2.to_out').parameters).toHaveLength(2);
  });

  it('shows transformer blocks where an attention layer has several', () => {
    const xl = layerModel(stableDiffusionXl);
    const attention = nodes(xl.root).find(({ id }) => id === 'mid_block.attentions.0')!;
    expect(attention.children).toHaveLength(10);
    expect(attention.children[3]).toMatchObject({ label: 'transformer_blocks.3', part: 'transformer' });
  });
});

describe('modes', () => {
  it.each([
    ['crossattn-kv', 19_169_280],
    ['crossattn', 43_962_560],
    ['self-crossattn-kv', 68_743_360],
    ['self-crossattn', 93_536_640],
  ] as const)('%s trains the published %d parameters', (mode, count) => {
    const selection = readSelection(model, mode);
    expect(trainedParameters(model, selection)).toBe(count);
    expect(modeOf(model, selection)).toBe(mode);
  });

  it('a selection that is no mode has none', () => {
    const selection = toggleNode(find('mid_block'), readSelection(model, 'crossattn-kv'));
    expect(modeOf(model, selection)).toBeUndefined();
    expect(modeOf(model, nothing)).toBeUndefined();
  });
});

describe('check boxes', () => {
  it('are mixed above a part of what can be chosen, and Space completes before it empties', () => {
    let selection = toggleNode(find('down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k'), nothing);
    expect(checkedState(find('down_blocks.0'), selection)).toBe('mixed');
    expect(checkedState(find('down_blocks.1'), selection)).toBe('false');
    selection = toggleNode(find('down_blocks.0'), selection);
    expect(checkedState(find('down_blocks.0'), selection)).toBe('true');
    selection = toggleNode(find('down_blocks.0'), selection);
    expect(checkedState(model.root, selection)).toBe('false');
  });

  it('are mixed where a pattern names one parameter of a projection', () => {
    const selection = readSelection(model, ['mid_block.*.attn2.to_out.0.bias']);
    expect(checkedState(find('mid_block.attentions.0.transformer_blocks.0.attn2.to_out'), selection)).toBe('mixed');
    expect(trainedParameters(model, selection)).toBe(1280);
  });
});

describe('patterns', () => {
  it.each<[string, string[], string[]]>([
    ['all', [''], ['*']],
    ['one side', ['down_blocks.0', 'down_blocks.1', 'down_blocks.2'], ['down_blocks']],
    ['one block', ['mid_block'], ['mid_block']],
    ['one attention layer', ['up_blocks.3.attentions.2'], ['up_blocks.3.attentions.2']],
    ['one projection', ['mid_block.attentions.0.transformer_blocks.0.attn2.to_v'], ['mid_block.*.attn2.to_v']],
    ['two blocks', ['down_blocks.0', 'up_blocks.3'], ['down_blocks.0', 'up_blocks.3']],
  ])('%s', (_name, ids, patterns) => {
    const selection = ids.reduce((chosen, id) => toggleNode(find(id), chosen), nothing as readonly boolean[]);
    expect(writePatterns(model, selection)).toEqual(patterns);
  });

  it('a mode without one block stays short', () => {
    const selection = readSelection(model, 'crossattn-kv').map(
      (learns, i) => learns && !model.names[i]!.startsWith('mid'),
    );
    expect(writePatterns(model, selection)).toEqual([
      'down_blocks.*.attn2.to_k',
      'down_blocks.*.attn2.to_v',
      'up_blocks.*.attn2.to_k',
      'up_blocks.*.attn2.to_v',
    ]);
  });

  it.each(freezeModes)('%s is one to three patterns', (mode) => {
    const patterns = writePatterns(model, readSelection(model, mode));
    expect(patterns.length).toBeLessThanOrEqual(3);
    expect(patterns.every((pattern) => pattern.startsWith('*'))).toBe(true);
  });

  it('nothing chosen is no pattern', () => {
    expect(writePatterns(model, nothing)).toEqual([]);
  });

  it.each([
    ['Stable Diffusion', model],
    ['SDXL', layerModel(stableDiffusionXl)],
  ])('%s: any selection is read back as it was written', (_name, tree) => {
    const all = nodes(tree.root);
    fc.assert(
      fc.property(fc.array(fc.nat(all.length - 1), { maxLength: 25 }), (toggles) => {
        const selection = toggles.reduce<readonly boolean[]>(
          (chosen, i) => toggleNode(all[i]!, chosen),
          tree.names.map(() => false),
        );
        const patterns = writePatterns(tree, selection);
        expect(readSelection(tree, patterns)).toEqual(selection);
        expect(unmatchedPatterns(tree.names, patterns)).toEqual([]);
      }),
      { numRuns: 15, seed: 7 },
    );
  });

  it('any parameters, chosen one by one, are read back as they were written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: model.names.length, maxLength: model.names.length }),
        (selection) => {
          expect(readSelection(model, writePatterns(model, selection))).toEqual(selection);
        },
      ),
      { numRuns: 8, seed: 7 },
    );
  });
});
