import type { LayerList } from '../../src/common/protocol/model';

/** One row of the freeze tree: the UNet, a block, an attention layer, `attn1` or `attn2`, or a projection. */
export interface LayerNode {
  /** The module's name from the root of the UNet, as patterns write it; empty for the UNet. */
  id: string;
  /** The last part of the name, as the tree shows it. */
  label: string;
  /** What kind of part it is, for the words beside the label. */
  part:
    'unet' | 'block' | 'attention' | 'transformer' | 'attn1' | 'attn2' | 'to_q' | 'to_k' | 'to_v' | 'to_out' | 'other';
  children: LayerNode[];
  /** Positions in {@link LayerModel.names} of everything below. */
  parameters: number[];
}

/** The attention parameters of a base model, as a tree and as a flat list. */
export interface LayerModel {
  root: LayerNode;
  /** Full names of the parameters, in the order the UNet runs them. */
  names: string[];
  /** Elements of each parameter. */
  sizes: number[];
}

/** Makes the tree from the runtime's list. A level that would always have one child (`transformer_blocks.0`) is left out. */
export function layerModel(list: LayerList): LayerModel {
  const model: LayerModel = { root: node('', 'UNet', 'unet'), names: [], sizes: [] };
  const several = blocksWithSeveralTransformers(list);
  for (const layer of list.layers) {
    const { block, attention, transformer, kind } = partsOf(layer.name);
    const path = [child(model.root, block, block, 'block')];
    const join = (name: string) => `${path.at(-1)!.id}.${name}`;
    if (attention) path.push(child(path.at(-1)!, join(attention), attention, 'attention'));
    if (transformer && several.has(path.at(-1)!.id))
      path.push(child(path.at(-1)!, join(transformer), transformer, 'transformer'));
    path.push(child(path.at(-1)!, layer.name, kind, kind === 'attn1' || kind === 'attn2' ? kind : 'other'));
    for (const { name, shapes } of layer.projections) {
      const projection = child(path.at(-1)!, `${layer.name}.${name}`, name, projectionPart(name));
      for (const [parameter, shape] of Object.entries(shapes)) {
        const index = model.names.push(`${projection.id}.${parameter}`) - 1;
        model.sizes.push(shape.reduce((product, side) => product * side, 1));
        [model.root, ...path, projection].forEach(({ parameters }) => parameters.push(index));
      }
    }
  }
  return model;
}

function node(id: string, label: string, part: LayerNode['part']): LayerNode {
  return { id, label, part, children: [], parameters: [] };
}

function child(parent: LayerNode, id: string, label: string, part: LayerNode['part']): LayerNode {
  const known = parent.children.find((c) => c.id === id);
  if (known) return known;
  const made = node(id, label, part);
  parent.children.push(made);
  return made;
}

/** `down_blocks.0.attentions.1.transformer_blocks.0.attn2` taken apart; a name of another shape has a block and a last part. */
function partsOf(name: string) {
  const match = /^(.+?)\.(attentions\.\d+)\.(transformer_blocks\.\d+)\.(\w+)$/.exec(name);
  if (match) return { block: match[1]!, attention: match[2]!, transformer: match[3]!, kind: match[4]! };
  const dot = name.lastIndexOf('.');
  return { block: name.slice(0, Math.max(0, dot)) || name, kind: name.slice(dot + 1) };
}

/** The attention layers that hold more than one transformer block, as those of SDXL do. */
function blocksWithSeveralTransformers({ layers }: LayerList): Set<string> {
  const first = new Map<string, string>();
  const several = new Set<string>();
  for (const { name } of layers) {
    const { block, attention, transformer } = partsOf(name);
    if (!attention || !transformer) continue;
    const id = `${block}.${attention}`;
    if ((first.get(id) ?? transformer) !== transformer) several.add(id);
    first.set(id, transformer);
  }
  return several;
}

function projectionPart(name: string): LayerNode['part'] {
  return name === 'to_q' || name === 'to_k' || name === 'to_v' || name === 'to_out' ? name : 'other';
}
