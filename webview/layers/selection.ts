import { freezeModes, matchesTrainable, type FreezeMode, type TrainableSelection } from '../../src/common/freezeModes';
import type { LayerModel, LayerNode } from './layerModel';

/** Which parameters learn, by their position in the layer model. */
export type LayerSelection = readonly boolean[];

/** What a check box shows. */
export type CheckedState = 'true' | 'false' | 'mixed';

/** The selection that a mode or a list of patterns means in this model. */
export function readSelection(model: LayerModel, trainable: TrainableSelection): LayerSelection {
  return model.names.map((name) => matchesTrainable(name, trainable));
}

/** Whether all, none or some of what lies below a node learns. */
export function checkedState({ parameters }: LayerNode, selection: LayerSelection): CheckedState {
  const chosen = parameters.filter((i) => selection[i]).length;
  return chosen === 0 ? 'false' : chosen === parameters.length ? 'true' : 'mixed';
}

/** Checks everything below a node, or unchecks it when all of it was checked. */
export function toggleNode(node: LayerNode, selection: LayerSelection): LayerSelection {
  const checked = checkedState(node, selection) !== 'true';
  const next = [...selection];
  for (const i of node.parameters) next[i] = checked;
  return next;
}

/** The mode that lets exactly this learn, if there is one. */
export function modeOf(model: LayerModel, selection: LayerSelection): FreezeMode | undefined {
  return freezeModes.find((mode) => readSelection(model, mode).every((learns, i) => learns === selection[i]));
}

/** Elements of everything that learns. */
export function trainedParameters(model: LayerModel, selection: LayerSelection, node = model.root): number {
  return node.parameters.reduce((sum, i) => sum + (selection[i] ? model.sizes[i]! : 0), 0);
}
