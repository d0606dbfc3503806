import type { TensorRow } from '../../src/common/webview/weights';

/** A part of the tensors' names with what lies below it. */
export interface TreeNode {
  /** The whole name down to here. */
  id: string;
  label: string;
  children: TreeNode[];
  tensor?: TensorRow;
  /** Of everything below. */
  tensors: number;
  parameters: number;
  bytes: number;
}

/** The tensors as a tree by the dots in their names; chains with one child each are drawn together. */
export function buildTree(tensors: readonly TensorRow[]): TreeNode {
  const root = node('', '');
  const groups = new Map<string, TreeNode>([['', root]]);
  tensors.forEach((tensor, i) => {
    const cut = isSensible(tensor.name) ? tensor.name.lastIndexOf('.') : -1;
    const parent = groupOf(groups, cut < 0 ? '' : tensor.name.slice(0, cut));
    const leaf = node(`#${i}`, tensor.name.slice(cut + 1) || tensor.name);
    Object.assign(leaf, { tensor, tensors: 1, parameters: tensor.parameters, bytes: tensor.bytes });
    parent.children.push(leaf);
  });
  addUp(root);
  root.children = root.children.map(drawTogether);
  return root;
}

function node(id: string, label: string): TreeNode {
  return { id, label, children: [], tensors: 0, parameters: 0, bytes: 0 };
}

/** Names of models have a dozen parts; one with thousands is a trap and gets one line of its own. */
function isSensible(name: string): boolean {
  return name.length <= 1000 && name.split('.', 66).length <= 64;
}

/** The group of a name's parts; missing ones are made. */
function groupOf(groups: Map<string, TreeNode>, path: string): TreeNode {
  let group = groups.get(path);
  if (group) return group;
  const missing: string[] = [];
  let known = path;
  while (!groups.has(known)) {
    missing.push(known);
    known = known.slice(0, Math.max(0, known.lastIndexOf('.')));
  }
  group = groups.get(known)!;
  for (const id of missing.reverse()) {
    const child = node(id, id.slice(known === '' && !id.startsWith('.') ? 0 : known.length + 1));
    group.children.push(child);
    groups.set(id, child);
    [group, known] = [child, id];
  }
  return group;
}

/** Every node after its children, without recursion. */
function addUp(root: TreeNode): void {
  const order: TreeNode[] = [];
  const open = [root];
  for (let next = open.pop(); next; next = open.pop()) {
    order.push(next);
    open.push(...next.children);
  }
  for (const parent of order.reverse()) {
    for (const child of parent.children) {
      parent.tensors += child.tensors;
      parent.parameters += child.parameters;
      parent.bytes += child.bytes;
    }
  }
}

function drawTogether(start: TreeNode): TreeNode {
  const open = [start];
  for (let at = open.pop(); at; at = open.pop()) {
    while (at.children.length === 1 && !at.children[0]!.tensor) {
      const [only] = at.children as [TreeNode];
      at.id = only.id;
      at.label = `${at.label}.${only.label}`;
      at.children = only.children;
    }
    open.push(...at.children);
  }
  return start;
}

/** Keeps the tensors whose names hold every word of a search, whatever the case. */
export function searchTensors(tensors: readonly TensorRow[], search: string): readonly TensorRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return tensors;
  return tensors.filter(({ name }) => {
    const lower = name.toLowerCase();
    return words.every((word) => lower.includes(word));
  });
}
