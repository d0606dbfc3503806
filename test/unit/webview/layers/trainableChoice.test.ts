import { describe, expect, it } from 'vitest';
import { withEdit, type FineTuneDraft } from '../../../../src/common/webview/fineTuneDraft';
import { layerModel } from '../../../../webview/layers/layerModel';
import { readSelection, toggleNode } from '../../../../webview/layers/selection';
import { selectionEdits, trainableOf } from '../../../../webview/layers/trainableChoice';
import { stableDiffusion } from './layerLists';

const model = layerModel(stableDiffusion);
const after = (draft: FineTuneDraft, selection: readonly boolean[]) =>
  selectionEdits(model, selection).reduce(withEdit, draft);

describe('what a configuration lets learn', () => {
  it.each<[string, FineTuneDraft, FineTuneDraft | undefined, unknown]>([
    ['patterns', { layers: ['*.to_q', 3] }, { mode: 'crossattn' }, ['*.to_q']],
    ['a mode', { mode: 'crossattn' }, undefined, 'crossattn'],
    ['its other spelling', { mode: 'self_crossattn_kv' }, undefined, 'self-crossattn-kv'],
    ['the default', {}, { mode: 'self-crossattn' }, 'self-crossattn'],
    ['a mode that is none', { mode: 'everything' }, { mode: 'crossattn' }, 'crossattn'],
    ['nothing known yet', {}, undefined, 'crossattn-kv'],
  ])('%s', (_name, draft, resolved, expected) => {
    expect(trainableOf(draft, resolved)).toEqual(expected);
  });
});

describe('what a selection writes', () => {
  it('a mode where one is equal, else patterns; never both', () => {
    const kv = readSelection(model, 'crossattn-kv');
    const own = toggleNode(model.root.children[0]!, kv);
    const written = after({ base: 'x', mode: 'crossattn-kv' }, own);
    expect(written).toEqual({ base: 'x', layers: ['down_blocks.0', '*.attn2.to_k', '*.attn2.to_v'] });
    expect(readSelection(model, trainableOf(written, undefined))).toEqual(own);
    expect(after(written, kv)).toEqual({ base: 'x', mode: 'crossattn-kv' });
  });

  it('an empty list when nothing is chosen, which the check refuses', () => {
    expect(
      after(
        {},
        model.names.map(() => false),
      ),
    ).toEqual({ layers: [] });
  });
});
