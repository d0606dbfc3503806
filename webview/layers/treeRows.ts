import type { LayerNode } from './layerModel';

/** A visible row of the tree, with what assistive technology is told of its place. */
export interface TreeRow {
  node: LayerNode;
  parent?: string;
  /** From 1. */
  level: number;
  /** From 1, among the visible rows beside it. */
  position: number;
  setSize: number;
  /** Absent for rows without children. */
  expanded?: boolean;
}

/**
 * The rows that are visible. A search shows what it finds with everything above it; all words must be in the name, and
 * what lies below a found row opens as usual.
 */
export function visibleRows(root: LayerNode, expanded: ReadonlySet<string>, query = ''): TreeRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: TreeRow[] = [];
  const visit = (siblings: readonly LayerNode[], level: number, parent: LayerNode | undefined, inside: boolean) => {
    const shown = inside ? siblings : siblings.filter((node) => holdsMatch(node, parent, words));
    shown.forEach((node, i) => {
      const below = inside || isMatch(node, parent, words);
      const foundDeeper = words.length > 0 && node.children.some((child) => holdsMatch(child, node, words));
      const open = expanded.has(node.id) || (!below && foundDeeper);
      rows.push({
        node,
        level,
        position: i + 1,
        setSize: shown.length,
        ...(parent ? { parent: parent.id } : {}),
        ...(node.children.length > 0 ? { expanded: open } : {}),
      });
      if (open) visit(node.children, level + 1, node, below);
    });
  };
  visit([root], 1, undefined, words.length === 0);
  return rows;
}

function holdsMatch(node: LayerNode, parent: LayerNode | undefined, words: readonly string[]): boolean {
  return isMatch(node, parent, words) || node.children.some((child) => holdsMatch(child, node, words));
}

/** A row is found when its name has all words and that of the row above did not yet. */
function isMatch(node: LayerNode, parent: LayerNode | undefined, words: readonly string[]): boolean {
  const has = ({ id, label }: LayerNode) => words.every((word) => `${id} ${label}`.toLowerCase().includes(word));
  return has(node) && !(parent && has(parent));
}
