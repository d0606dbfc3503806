import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { loadViewState, saveViewState } from '../ui/host';

/** A part of the page that can be folded away; it remembers whether it was. */
export interface FoldProps {
  name: string;
  title: string;
  openAtFirst?: boolean;
  children: ComponentChildren;
}

/** The browser's own disclosure; what is folded is not in the page. */
export function Fold({ name, title, openAtFirst = false, children }: FoldProps) {
  const key = `open.${name}`;
  const [open, setOpen] = useState(() => loadViewState<Record<string, boolean>>({ [key]: openAtFirst })[key] === true);
  const toggled = (next: boolean) => {
    if (next === open) return;
    setOpen(next);
    saveViewState({ [key]: next });
  };
  return (
    <details class="fold" open={open} onToggle={(event) => toggled(event.currentTarget.open)}>
      <summary>
        <h2>{title}</h2>
      </summary>
      {open && children}
    </details>
  );
}
