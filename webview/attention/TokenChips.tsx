import { useState } from 'preact/hooks';
import type { AttentionStrings } from '../../src/common/webview/attentionStrings';
import { formatText } from '../ui/formatText';
import type { Pins } from './pins';
import type { Target, TargetGroup } from './targets';

/** The words of the prompt as chips. */
export interface TokenChipsProps {
  strings: AttentionStrings;
  groups: readonly TargetGroup[];
  pins: Pins;
  onPeek: (id: string | undefined) => void;
  onPin: (id: string) => void;
  onUnpinAll: () => void;
}

/**
 * Chips grouped by word. One stop of the Tab key for all of them; the arrow keys go from chip to chip, which peeks, Enter
 * or Space pins, Escape unpins.
 */
export function TokenChips({ strings, groups, pins, onPeek, onPin, onUnpinAll }: TokenChipsProps) {
  const [current, setCurrent] = useState<string>();
  const ids = groups.flatMap(targetsOf).map(({ id }) => id);
  const tabStop = current !== undefined && ids.includes(current) ? current : ids[0];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return onUnpinAll();
    const chips = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[data-chip]')];
    const at = chips.findIndex((chip) => chip === document.activeElement);
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: -1 }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    chips.at(next % chips.length)?.focus();
  };
  const chip = (target: Target) => {
    const pin = pins.indexOf(target.id);
    return (
      <button
        key={target.id}
        type="button"
        data-chip={target.id}
        class={chipClass(target, pin)}
        aria-pressed={pin >= 0}
        aria-label={chipName(target, strings)}
        tabIndex={target.id === tabStop ? 0 : -1}
        onClick={() => onPin(target.id)}
        onMouseEnter={() => onPeek(target.id)}
        onMouseLeave={() => onPeek(undefined)}
        onFocus={() => {
          setCurrent(target.id);
          onPeek(target.id);
        }}
        onBlur={() => onPeek(undefined)}
      >
        {pins.length === 2 && pin >= 0 && <span class={`swatch pair${pin + 1}`}>{pin + 1}</span>}
        {target.kind === 'piece' ? `·${target.piece!.index}` : target.text}
        {target.isModifier && target.kind === 'word' && <span class="mark">{strings.learned}</span>}
      </button>
    );
  };
  return (
    <div class="chips" role="toolbar" aria-label={strings.words} onKeyDown={onKeyDown}>
      {groups.map((group) => (
        <span class="chip-group" key={group.word.id}>
          {targetsOf(group).map(chip)}
        </span>
      ))}
    </div>
  );
}

function targetsOf({ word, pieces, concept }: TargetGroup): Target[] {
  return [word, ...pieces, ...(concept ? [concept] : [])];
}

function chipClass({ kind, isModifier, isSpecial }: Target, pin: number): string {
  const marks = { modifier: isModifier, special: isSpecial, pinned: pin >= 0 };
  const on = Object.entries(marks).filter(([, is]) => is);
  return ['chip', kind, ...on.map(([name]) => name)].join(' ');
}

function chipName(target: Target, strings: AttentionStrings): string {
  if (target.piece) return formatText(strings.piece, target.text, target.piece.index, target.piece.of);
  return target.isModifier && target.kind === 'word' ? `${target.text}, ${strings.learned}` : target.text;
}
