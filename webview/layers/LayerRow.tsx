import { usePage } from '../fineTune/page';
import { Icon } from '../ui/Icon';
import type { LayerNode } from './layerModel';
import type { CheckedState } from './selection';
import type { TreeRow } from './treeRows';

/** One row of the freeze tree. */
export interface LayerRowProps {
  row: TreeRow;
  checked: CheckedState;
  /** Whether the tree's tab stop is here. */
  active: boolean;
  /** How many of its parameters learn, short. */
  count: string;
  onClick: (onBox: boolean) => void;
}

/** Check box, name of the module, what it is, and how much of it learns. */
export function LayerRow({ row, checked, active, count, onClick }: LayerRowProps) {
  const { strings } = usePage();
  const { node, level, position, setSize, expanded } = row;
  const part = partText(node.part, strings);
  const clicked = (event: MouseEvent) => onClick((event.target as HTMLElement).closest('.box') !== null);
  return (
    <div
      role="treeitem"
      class="layer-row"
      tabIndex={active ? 0 : -1}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={setSize}
      aria-expanded={expanded}
      aria-checked={checked}
      style={{ paddingInlineStart: `${0.25 + 0.75 * (level - 1)}rem` }}
      onClick={clicked}
    >
      <span class="twist">{expanded !== undefined && <Icon name={expanded ? 'chevron-down' : 'chevron-right'} />}</span>
      <span class={`box ${checked}`}>
        {checked !== 'false' && <Icon name={checked === 'true' ? 'check' : 'dash'} />}
      </span>
      <span class="layer-label">{node.label}</span>
      <span class="note layer-part">{part}</span>
      <span class="note number layer-count">
        {count}
        <span class="visually-hidden"> {strings.learn}</span>
      </span>
    </div>
  );
}

function partText(part: LayerNode['part'], strings: ReturnType<typeof usePage>['strings']): string {
  switch (part) {
    case 'unet':
      return strings.partUnet;
    case 'block':
      return strings.partBlock;
    case 'attention':
      return strings.partAttention;
    case 'transformer':
      return strings.partTransformer;
    case 'attn1':
      return strings.partAttn1;
    case 'attn2':
      return strings.partAttn2;
    case 'to_q':
      return strings.partToQ;
    case 'to_k':
      return strings.partToK;
    case 'to_v':
      return strings.partToV;
    case 'to_out':
      return strings.partToOut;
    case 'other':
      return '';
  }
}
