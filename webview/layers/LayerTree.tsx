import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../fineTune/page';
import { countText } from '../fineTune/quantities';
import { formatText } from '../ui/formatText';
import { loadViewState, saveViewState } from '../ui/host';
import { TextField } from '../ui/TextField';
import type { LayerModel } from './layerModel';
import { LayerRow } from './LayerRow';
import { checkedState, toggleNode, trainedParameters, type LayerSelection } from './selection';
import { setExpanded, treeKey, typeAhead, type TreeFocus } from './treeKeys';
import { visibleRows, type TreeRow } from './treeRows';

/** Letters typed within this time, in milliseconds, belong to one word. */
const typingPause = 600;

/** What the tree shows and reports. */
export interface LayerTreeProps {
  model: LayerModel;
  selection: LayerSelection;
  onChange: (selection: LayerSelection) => void;
}

/** The freeze tree: one tab stop, three-state check boxes, and a search. */
export function LayerTree({ model, selection, onChange }: LayerTreeProps) {
  const { strings, locale } = usePage();
  const [query, setQuery] = useState('');
  const [focus, setFocus] = useTreeFocus();
  const rows = useMemo(() => visibleRows(model.root, focus.expanded, query), [model, focus.expanded, query]);
  const active = rows.some(({ node }) => node.id === focus.active) ? focus.active : (rows[0]?.node.id ?? '');
  const tree = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const moved = useRef(false);
  useLayoutEffect(() => {
    if (moved.current) tree.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    moved.current = false;
  }, [active, rows]);

  const move = (next: TreeFocus) => {
    moved.current = true;
    setFocus(next);
  };
  const toggle = (row: TreeRow) => onChange(toggleNode(row.node, selection));
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = treeKey(event.key, { ...focus, active }, rows);
    const row = rows.find(({ node }) => node.id === active);
    if (action) {
      event.preventDefault();
      if ('focus' in action) move(action.focus);
      else if (row) toggle(row);
    } else if (event.key.length === 1) {
      typed.current = {
        text: event.timeStamp - typed.current.at < typingPause ? typed.current.text + event.key : event.key,
        at: event.timeStamp,
      };
      const found = typeAhead(typed.current.text, active, rows);
      if (found !== undefined) move({ ...focus, active: found });
    }
  };
  const clicked = (row: TreeRow, onBox: boolean) => {
    if (onBox || row.expanded === undefined) toggle(row);
    move(
      onBox || row.expanded === undefined ? { ...focus, active: row.node.id } : setExpanded(focus, row, !row.expanded),
    );
  };

  return (
    <>
      <TextField label={strings.searchLayers} hint={strings.searchLayersHint} value={query} onInput={setQuery} />
      {rows.length > 0 && (
        <div
          ref={tree}
          class="layer-tree"
          role="tree"
          aria-label={strings.tree}
          aria-multiselectable="true"
          onKeyDown={pressed}
        >
          {rows.map((row) => {
            const learning = trainedParameters(model, selection, row.node);
            const all = row.node.parameters.reduce((sum, i) => sum + model.sizes[i]!, 0);
            return (
              <LayerRow
                key={row.node.id}
                row={row}
                checked={checkedState(row.node, selection)}
                active={row.node.id === active}
                count={formatText(strings.layerCount, countText(learning, locale), countText(all, locale))}
                onClick={(onBox) => clicked(row, onBox)}
              />
            );
          })}
        </div>
      )}
      {rows.length === 0 && <p role="status">{strings.noLayers}</p>}
    </>
  );
}

/** The focus, with what is open remembered while the window lives. */
function useTreeFocus(): [TreeFocus, (focus: TreeFocus) => void] {
  const [focus, setFocus] = useState<TreeFocus>(() => ({
    active: '',
    expanded: new Set(loadViewState<{ openLayers: string[] }>({ openLayers: [''] }).openLayers),
  }));
  const change = (next: TreeFocus) => {
    if (next.expanded !== focus.expanded) saveViewState({ openLayers: [...next.expanded] });
    setFocus(next);
  };
  return [focus, change];
}
