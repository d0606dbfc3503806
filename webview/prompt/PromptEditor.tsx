import './promptEditor.css';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ModelOption } from '../../src/common/webview/promptForm';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { formatText } from '../ui/formatText';
import { colourSpans } from './colourSpans';
import { applyCompletion, completionsAt, type Completion, type Completions } from './completion';
import { CompletionList } from './CompletionList';

/** A prompt being written. */
export interface PromptEditorProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  placeholder: string;
  rows: number;
  vocabulary: ModelOption['tokens'];
  /** The end of the prompt that the model does not read. */
  cut: string;
  /** Id of the notes below. */
  describedBy: string;
  invalid: boolean;
  strings: PromptStrings;
}

/** A plain text area on a layer that marks tokens, with suggestions; the layer is decoration and not read aloud. */
export function PromptEditor(props: PromptEditorProps) {
  const { label, value, onInput, placeholder, rows, vocabulary, cut, describedBy, invalid, strings } = props;
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const caretAfter = useRef<number | undefined>(undefined);
  const [offer, setOffer] = useState<(Completions & { chosen: number }) | undefined>(undefined);

  useLayoutEffect(() => {
    const element = area.current!;
    if (element.value !== value) element.value = value;
    if (caretAfter.current !== undefined) element.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = undefined;
    followScroll();
  }, [value]);
  useEffect(() => setOffer(undefined), [vocabulary]);

  const followScroll = () => {
    if (layer.current && area.current) layer.current.scrollTop = area.current.scrollTop;
  };
  const suggest = () => {
    const { value: text, selectionStart, selectionEnd } = area.current!;
    const found = selectionStart === selectionEnd ? completionsAt(text, selectionStart, vocabulary) : undefined;
    setOffer(found && { ...found, chosen: 0 });
  };
  const take = (completion: Completion) => {
    if (!offer) return;
    const result = applyCompletion(value, offer, completion);
    caretAfter.current = result.caret;
    setOffer(undefined);
    onInput(result.text);
    area.current!.focus();
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      suggest();
      return;
    }
    if (!offer || event.isComposing) return;
    const count = offer.options.length;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) setOffer({ ...offer, chosen: (offer.chosen + move + count) % count });
    else if (event.key === 'Enter' || event.key === 'Tab') take(offer.options[offer.chosen]!);
    else if (event.key === 'Escape') setOffer(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const keyUp = (event: KeyboardEvent) => {
    if (offer && ['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) suggest();
  };
  const known = vocabulary.map(({ token }) => token);
  return (
    <div class="field">
      <label for={`${id}-area`}>{label}</label>
      <div class="prompt-editor">
        <div class="prompt-layer" ref={layer} aria-hidden="true">
          {colourSpans(value, known, cut).map(({ text, kind, colour }) => (
            <span class={colour === undefined ? kind : `${kind} token-${colour}`}>{text}</span>
          ))}
          {'\n'}
        </div>
        <textarea
          ref={area}
          id={`${id}-area`}
          rows={rows}
          placeholder={placeholder}
          spellcheck={false}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          aria-autocomplete="list"
          aria-controls={offer ? `${id}-list` : undefined}
          aria-activedescendant={offer ? `${id}-list-${offer.chosen}` : undefined}
          onInput={(event) => {
            onInput(event.currentTarget.value);
            suggest();
          }}
          onScroll={followScroll}
          onKeyDown={keyDown}
          onKeyUp={keyUp}
          onClick={() => offer && suggest()}
          onBlur={() => setOffer(undefined)}
        />
        {offer && (
          <CompletionList
            id={`${id}-list`}
            options={offer.options}
            chosen={offer.chosen}
            onTake={take}
            strings={strings}
          />
        )}
      </div>
      <span class="visually-hidden" role="status">
        {offer ? formatText(strings.suggestionCount, offer.options.length) : ''}
      </span>
    </div>
  );
}
