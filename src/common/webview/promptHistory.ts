import type { PromptForm } from './promptForm';

/** A prompt that was used, with its settings. */
export interface HistoryEntry {
  id: string;
  /** ISO 8601. */
  used: string;
  form: PromptForm;
  /** The model's name then; the model itself may be gone. */
  modelLabel: string;
}

/** Entries that are kept. */
export const HISTORY_LENGTH = 50;

/** Puts an entry first; an older one with the same form goes, and so does what is beyond the last place. */
export function addToHistory(history: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry[] {
  const key = formKey(entry.form);
  return [entry, ...history.filter(({ form }) => formKey(form) !== key)].slice(0, HISTORY_LENGTH);
}

/** The history without one entry. */
export function removeFromHistory(history: readonly HistoryEntry[], id: string): HistoryEntry[] {
  return history.filter((entry) => entry.id !== id);
}

/** Equal for forms that make the same pictures: what is compared is not part of it. */
function formKey(form: PromptForm): string {
  return JSON.stringify(
    Object.entries(form)
      .filter(([name]) => name !== 'compare')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
