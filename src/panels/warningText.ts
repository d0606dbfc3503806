import { fineTuneStrings } from '../common/webview/fineTuneStrings';
import { l10n } from '../translation';

/** What the form calls the fields that the runtime's warnings start with; `(\d+)` is a place in a list, from 0. */
const names: [field: RegExp, name: (place: number) => string][] = [
  [/^learningRate$/, () => l10n.t(fineTuneStrings.learningRate)],
  [/^modifierLearningRate$/, () => l10n.t(fineTuneStrings.modifierLearningRate)],
  [/^priorRows$/, () => l10n.t(fineTuneStrings.priorRows)],
  [/^concepts$/, () => l10n.t('Concepts')],
  [/^concepts\[(\d+)\]\.prior\.prompt$/, (place) => l10n.t('Prior prompt of concept {0}', place + 1)],
  [/^sample\.prompts\[(\d+)\]$/, (place) => l10n.t('Sample prompt {0}', place + 1)],
  [/^prompt$/, () => l10n.t('Prompt')],
  [/^negativePrompt$/, () => l10n.t('Negative prompt')],
];

/** A warning of the runtime with its field as the form calls it; files and steps before the colon stay. */
export function warningText(warning: string): string {
  const colon = warning.indexOf(': ');
  const field = warning.slice(0, Math.max(colon, 0));
  for (const [pattern, name] of names) {
    const found = pattern.exec(field);
    if (found) return name(Number(found[1] ?? 0)) + warning.slice(colon);
  }
  return warning;
}
