import './tokens.css';
import { useId } from 'preact/hooks';
import type { AnalysedPrompt } from '../../src/common/webview/prompt';
import type { ModelOption } from '../../src/common/webview/promptForm';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { Icon } from '../ui/Icon';
import { formatText } from '../ui/formatText';
import { chipsOf } from './chips';
import { PromptEditor } from './PromptEditor';

/** A prompt with what the tokenizer says about it. */
export interface PromptFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  placeholder: string;
  rows: number;
  vocabulary: ModelOption['tokens'];
  analysed: AnalysedPrompt | undefined;
  problem?: string;
  strings: PromptStrings;
}

/** Editor, count, chips and warnings; what belongs to an older text is not shown as its own. */
export function PromptField({ analysed, problem, strings, value, vocabulary, ...editor }: PromptFieldProps) {
  const notes = useId();
  const isCurrent = analysed?.prompt === value;
  const analysis = analysed?.analysis;
  const warnings = isCurrent ? (analysis?.warnings ?? []) : [];
  return (
    <div class="prompt-field">
      <PromptEditor
        {...editor}
        value={value}
        vocabulary={vocabulary}
        cut={isCurrent ? (analysis?.cut ?? '') : ''}
        describedBy={notes}
        invalid={problem !== undefined || warnings.length > 0}
        strings={strings}
      />
      <div id={notes} class="prompt-notes">
        {analysis && (
          <p class={`token-count number${analysis.cut ? ' problem' : ' note'}`}>
            {formatText(strings.tokenCount, analysis.count, analysis.positions)}
          </p>
        )}
        {problem && <p class="problem">{problem}</p>}
        {warnings.map((warning) => (
          <p class="warning" key={warning}>
            <Icon name="warning" /> {warning}
          </p>
        ))}
      </div>
      {analysis && analysis.tokens.length > 0 && (
        <Chips analysed={analysed} vocabulary={vocabulary} strings={strings} isCurrent={isCurrent} />
      )}
    </div>
  );
}

interface ChipsProps {
  analysed: AnalysedPrompt;
  vocabulary: ModelOption['tokens'];
  strings: PromptStrings;
  isCurrent: boolean;
}

function Chips({ analysed, vocabulary, strings, isCurrent }: ChipsProps) {
  const chips = chipsOf(
    analysed.analysis,
    vocabulary.map(({ token }) => token),
  );
  const place = (text: string, first: number, last: number) =>
    first === last ? formatText(strings.tokenOf, text, first) : formatText(strings.tokensOf, text, first, last);
  return (
    <ul class={isCurrent ? 'chips' : 'chips stale'} aria-label={strings.tokens}>
      {chips.map(({ text, first, last, count, colour }) => (
        <li key={first} class={colour === undefined ? 'chip' : `chip token-${colour}`} title={place(text, first, last)}>
          {text}
          {count > 1 && <small class="number">{count}</small>}
        </li>
      ))}
    </ul>
  );
}
