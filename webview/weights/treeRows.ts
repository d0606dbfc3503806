import type { TreeNode } from './tensorTree';

/** A visible line of the tree. */
export interface TreeRow {
  node: TreeNode;
  /** From 1. */
  level: number;
  /** Place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
  /** Undefined for tensors, which have nothing below. */
  expanded?: boolean;
}

/** The visible lines from top to bottom. */
export function visibleRows(root: TreeNode, isExpanded: (id: string) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  const open: TreeRow[] = childRows(root, 1, isExpanded).reverse();
  for (let row = open.pop(); row; row = open.pop()) {
    rows.push(row);
    if (row.expanded) {
      const below = childRows(row.node, row.level + 1, isExpanded);
      for (let i = below.length - 1; i >= 0; i--) open.push(below[i]!);
    }
  }
  return rows;
}

function childRows(parent: TreeNode, level: number, isExpanded: (id: string) => boolean): TreeRow[] {
  const siblings = parent.children.length;
  return parent.children.map((node, i) => ({
    node,
    level,
    position: i + 1,
    siblings,
    ...(node.tensor ? {} : { expanded: isExpanded(node.id) }),
  }));
}

/** What a key does to the tree: another active line, and groups to open or close. */
export interface TreeMove {
  active?: number;
  open?: readonly string[];
  close?: readonly string[];
}

/** The keys of a tree (WAI-ARIA): arrows, Home, End, Page Up and Down, `*` for all siblings, Enter for open and close. */
export function treeKey(rows: readonly TreeRow[], active: number, key: string, page: number): TreeMove | undefined {
  const row = rows[active];
  if (!row) return undefined;
  const to = (index: number): TreeMove => ({ active: Math.min(rows.length - 1, Math.max(0, index)) });
  switch (key) {
    case 'ArrowDown':
      return to(active + 1);
    case 'ArrowUp':
      return to(active - 1);
    case 'PageDown':
      return to(active + page);
    case 'PageUp':
      return to(active - page);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'ArrowRight':
      if (row.expanded === false) return { open: [row.node.id] };
      return row.expanded ? to(active + 1) : {};
    case 'ArrowLeft':
      return row.expanded ? { close: [row.node.id] } : to(parentOf(rows, active));
    case 'Enter':
    case ' ':
      if (row.expanded === undefined) return {};
      return row.expanded ? { close: [row.node.id] } : { open: [row.node.id] };
    case '*':
      return { open: siblingsOf(rows, active) };
    default:
      return undefined;
  }
}

/** The next line, after the active one and round to the start, whose label begins with a letter that was typed. */
export function typeAhead(rows: readonly TreeRow[], active: number, letter: string): number {
  const wanted = letter.toLowerCase();
  for (let step = 1; step <= rows.length; step++) {
    const index = (active + step) % rows.length;
    if (rows[index]!.node.label.toLowerCase().startsWith(wanted)) return index;
  }
  return active;
}

function parentOf(rows: readonly TreeRow[], active: number): number {
  const { level } = rows[active]!;
  for (let i = active - 1; i >= 0; i--) if (rows[i]!.level < level) return i;
  return active;
}

function siblingsOf(rows: readonly TreeRow[], active: number): string[] {
  const { level } = rows[active]!;
  const from = level === 1 ? -1 : parentOf(rows, active);
  const ids: string[] = [];
  for (let i = from + 1; i < rows.length && rows[i]!.level >= level; i++)
    if (rows[i]!.level === level && rows[i]!.expanded !== undefined) ids.push(rows[i]!.node.id);
  return ids;
}
