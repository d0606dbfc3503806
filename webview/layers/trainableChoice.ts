import { freezeModes, type TrainableSelection } from '../../src/common/freezeModes';
import { valueAt, type FieldEdit, type FineTuneDraft } from '../../src/common/webview/fineTuneDraft';
import type { LayerModel } from './layerModel';
import { writePatterns } from './patterns';
import { modeOf, type LayerSelection } from './selection';

/** What a configuration lets learn: its patterns, its mode in either spelling, or the default. */
export function trainableOf(config: FineTuneDraft, resolved: FineTuneDraft | undefined): TrainableSelection {
  if (Array.isArray(config.layers)) return config.layers.filter((pattern) => typeof pattern === 'string');
  for (const mode of [config.mode, valueAt(resolved, ['mode'])]) {
    const known = typeof mode === 'string' ? freezeModes.find((m) => m === mode.replaceAll('_', '-')) : undefined;
    if (known) return known;
  }
  return freezeModes[0]!;
}

/** The changes that write a selection: a mode where one is equal, else patterns. */
export function selectionEdits(model: LayerModel, selection: LayerSelection): FieldEdit[] {
  const mode = modeOf(model, selection);
  return mode === undefined
    ? [{ path: ['mode'] }, { path: ['layers'], value: writePatterns(model, selection) }]
    : [{ path: ['mode'], value: mode }, { path: ['layers'] }];
}
