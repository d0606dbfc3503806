import './history.css';
import { useRef, useState } from 'preact/hooks';
import { samplerTitles } from '../../src/common/samplerNames';
import type { HistoryEntry } from '../../src/common/webview/promptHistory';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';

/** Prompts that were used. */
export interface HistorySectionProps {
  history: readonly HistoryEntry[];
  onUse: (id: string) => void;
  onRemove: (id: string) => void;
  onClear: () => void;
  strings: PromptStrings;
}

/** A list with one tab stop: arrows move, Enter uses, Delete removes. */
export function HistorySection({ history, onUse, onRemove, onClear, strings }: HistorySectionProps) {
  const [current, setCurrent] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  if (history.length === 0) return <p class="note">{strings.historyEmpty}</p>;
  const active = Math.min(current, history.length - 1);
  const focus = (index: number) => {
    setCurrent(index);
    list.current?.querySelectorAll<HTMLElement>('.history-use')[index]?.focus();
  };
  const keyDown = (event: KeyboardEvent) => {
    const last = history.length - 1;
    const target = { ArrowDown: Math.min(active + 1, last), ArrowUp: Math.max(active - 1, 0), Home: 0, End: last }[
      event.key
    ];
    if (target !== undefined) focus(target);
    else if (event.key === 'Delete') {
      onRemove(history[active]!.id);
      // The list gets shorter with the host's answer; its neighbour keeps the focus.
      focus(Math.max(0, active - 1));
    } else return;
    event.preventDefault();
  };
  return (
    <section>
      <ul class="history" ref={list} onKeyDown={keyDown}>
        {history.map((entry, index) => (
          <li key={entry.id}>
            <button
              type="button"
              class="history-use"
              tabIndex={index === active ? 0 : -1}
              title={strings.historyUse}
              onFocus={() => setCurrent(index)}
              onClick={() => onUse(entry.id)}
            >
              <span class="history-prompt">{entry.form.prompt}</span>
              <span class="note">{describe(entry, strings)}</span>
            </button>
            <Button
              appearance="icon"
              icon="close"
              label={`${strings.historyRemove}: ${entry.form.prompt}`}
              onClick={() => onRemove(entry.id)}
            />
          </li>
        ))}
      </ul>
      <Button onClick={onClear}>{strings.historyClear}</Button>
    </section>
  );
}

function describe({ form, modelLabel }: HistoryEntry, strings: PromptStrings): string {
  const sampler = samplerTitles[form.sampler];
  return formatText(strings.historyDetail, modelLabel, form.steps, form.guidance, sampler);
}
