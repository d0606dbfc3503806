import type { TreeRow } from './treeRows';

/** Where the tree's one tab stop is and what is open. */
export interface TreeFocus {
  active: string;
  expanded: ReadonlySet<string>;
}

/** What a key does: another focus, or the check box of the active row. */
export type TreeAction = { focus: TreeFocus } | { toggle: string };

/** The keyboard of a tree view as the ARIA practices describe it; undefined for keys that are not the tree's. */
export function treeKey(key: string, focus: TreeFocus, rows: readonly TreeRow[]): TreeAction | undefined {
  const index = Math.max(
    0,
    rows.findIndex(({ node }) => node.id === focus.active),
  );
  const row = rows[index];
  if (!row) return undefined;
  const to = (target: TreeRow | undefined): TreeAction => ({
    focus: { ...focus, active: target?.node.id ?? row.node.id },
  });
  switch (key) {
    case 'ArrowDown':
      return to(rows[index + 1]);
    case 'ArrowUp':
      return to(rows[index - 1]);
    case 'Home':
      return to(rows[0]);
    case 'End':
      return to(rows.at(-1));
    case 'ArrowRight':
      return row.expanded === false
        ? { focus: setExpanded(focus, row, true) }
        : to(row.expanded ? rows[index + 1] : row);
    case 'ArrowLeft':
      if (row.expanded && focus.expanded.has(row.node.id)) return { focus: setExpanded(focus, row, false) };
      return to(rows.find(({ node }) => node.id === row.parent));
    case '*': {
      const beside = rows.filter(({ parent, expanded }) => parent === row.parent && expanded !== undefined);
      return { focus: { ...focus, expanded: new Set([...focus.expanded, ...beside.map(({ node }) => node.id)]) } };
    }
    case ' ':
    case 'Enter':
      return { toggle: row.node.id };
    default:
      return undefined;
  }
}

/** Opens or closes a row. */
export function setExpanded(focus: TreeFocus, { node }: TreeRow, open: boolean): TreeFocus {
  const expanded = new Set(focus.expanded);
  if (open) expanded.add(node.id);
  else expanded.delete(node.id);
  return { active: node.id, expanded };
}

/**
 * The row that typed letters mean: the next one whose label begins with them, going round at the end. A single letter
 * moves on from the active row, more letters may keep it.
 */
export function typeAhead(typed: string, active: string, rows: readonly TreeRow[]): string | undefined {
  const from = Math.max(
    0,
    rows.findIndex(({ node }) => node.id === active),
  );
  const start = typed.length > 1 ? from : from + 1;
  const order = rows.map((_, i) => rows[(start + i) % rows.length]!);
  return order.find(({ node }) => node.label.toLowerCase().startsWith(typed.toLowerCase()))?.node.id;
}
