import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { WeightsStrings } from '../../src/common/webview/weightsStrings';
import { formatText } from '../ui/formatText';
import { Icon } from '../ui/Icon';
import { formatBytes, formatCount, formatShape } from './quantities';
import { treeKey, typeAhead, type TreeRow } from './treeRows';

/** The visible lines and what is done to them. */
export interface TensorTreeViewProps {
  strings: WeightsStrings;
  rows: readonly TreeRow[];
  active: number;
  onActive: (index: number) => void;
  onExpand: (ids: readonly string[], expanded: boolean) => void;
}

/** Height of a line, as in the style sheet. */
const ROW_HEIGHT = 24;
const ROWS_SHOWN = 24;
/** Lines drawn beyond what is seen, so that scrolling shows no gaps. */
const MARGIN = 8;

/** A tree of any length: only the lines near what is seen are in the document. */
export function TensorTreeView({ strings, rows, active, onActive, onExpand }: TensorTreeViewProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const shown = Math.min(ROWS_SHOWN, rows.length);
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - MARGIN);
  const last = Math.min(rows.length, first + shown + 2 * MARGIN);
  useLayoutEffect(() => {
    const list = ref.current!;
    const [from, to] = [active * ROW_HEIGHT, (active + 1) * ROW_HEIGHT];
    if (from < list.scrollTop) list.scrollTop = from;
    else if (to > list.scrollTop + list.clientHeight) list.scrollTop = to - list.clientHeight;
  }, [active]);
  useEffect(() => setTop(ref.current!.scrollTop), [rows.length]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = treeKey(rows, active, event.key, shown - 1);
    if (!move && event.key.length !== 1) return;
    event.preventDefault();
    if (!move) return onActive(typeAhead(rows, active, event.key));
    if (move.active !== undefined) onActive(move.active);
    if (move.open) onExpand(move.open, true);
    if (move.close) onExpand(move.close, false);
  };
  return (
    <div
      ref={ref}
      class="tree"
      role="tree"
      aria-label={strings.tensors}
      aria-activedescendant={rows[active] ? `row-${active}` : undefined}
      tabIndex={0}
      style={{ height: `${shown * ROW_HEIGHT + 2}px` }}
      onKeyDown={onKeyDown}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div class="tree-space" role="presentation" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
        {rows.slice(first, last).map((row, i) => (
          <Row
            key={row.node.id}
            strings={strings}
            row={row}
            index={first + i}
            isActive={first + i === active}
            onClick={() => {
              onActive(first + i);
              if (row.expanded !== undefined) onExpand([row.node.id], !row.expanded);
            }}
          />
        ))}
      </div>
    </div>
  );
}

function groupText(tensors: number, strings: WeightsStrings): string {
  return tensors === 1 ? strings.groupOfOne : formatText(strings.group, tensors);
}

function Row(props: { strings: WeightsStrings; row: TreeRow; index: number; isActive: boolean; onClick: () => void }) {
  const { strings, row, index, isActive, onClick } = props;
  const { node, level, position, siblings, expanded } = row;
  const { tensor } = node;
  const [parameters, bytes] = [formatCount(node.parameters), formatBytes(node.bytes)];
  const shape = tensor ? formatShape(tensor.shape, strings.scalar) : groupText(node.tensors, strings);
  const name = tensor
    ? formatText(strings.rowTensor, node.label, tensor.dtype, shape, parameters, bytes)
    : formatText(strings.rowGroup, node.label, shape, parameters, bytes);
  return (
    <div
      id={`row-${index}`}
      role="treeitem"
      class={isActive ? 'tree-row active' : 'tree-row'}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={expanded}
      aria-selected={isActive}
      aria-label={name}
      style={{ top: `${index * ROW_HEIGHT}px` }}
      onClick={onClick}
    >
      {/* Deep names must not push everything out of sight. */}
      <span class="tree-name" style={{ paddingInlineStart: `${Math.min(level - 1, 12)}rem` }} title={node.id}>
        {expanded === undefined ? (
          <Icon name="symbol-array" />
        ) : (
          <Icon name={expanded ? 'chevron-down' : 'chevron-right'} />
        )}
        <span class="tree-label">{node.label}</span>
      </span>
      <span class="tree-type">{tensor?.dtype}</span>
      <span class="tree-shape">{shape}</span>
      <span class="tree-count number">{parameters}</span>
      <span class="tree-size number">{bytes}</span>
    </div>
  );
}
