import './completions.css';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { formatText } from '../ui/formatText';
import type { Completion } from './completion';

/** Suggestions below a prompt; the focus stays in the text. */
export interface CompletionListProps {
  id: string;
  options: readonly Completion[];
  chosen: number;
  onTake: (completion: Completion) => void;
  strings: PromptStrings;
}

/** A list box that the text area points into. */
export function CompletionList({ id, options, chosen, onTake, strings }: CompletionListProps) {
  return (
    <ul id={id} class="completions" role="listbox" aria-label={strings.suggestions}>
      {options.map((option, index) => (
        <li
          key={option.insert}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          // Before the text area loses the focus, which would close the list.
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(option);
          }}
        >
          <span class="insert">{option.insert}</span>
          <span class="detail">{detailOf(option, strings)}</span>
        </li>
      ))}
    </ul>
  );
}

function detailOf({ kind, token, classNoun }: Completion, strings: PromptStrings): string {
  if (kind === 'noun') return formatText(strings.classNoun, token);
  return classNoun ? formatText(strings.learnedAs, classNoun) : strings.learnedToken;
}
