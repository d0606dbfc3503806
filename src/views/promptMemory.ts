import type { Memento } from 'vscode';
import * as z from 'zod';
import { promptForm } from '../common/webview/prompt';
import type { PromptForm } from '../common/webview/promptForm';
import { HISTORY_LENGTH, type HistoryEntry } from '../common/webview/promptHistory';

const FORM = 'customDiffusion.prompt.form';
const HISTORY = 'customDiffusion.prompt.history';

const historyEntry = z.object({ id: z.string(), used: z.string(), form: promptForm, modelLabel: z.string() });

/** The form and the history, kept with the workspace. What an older version left in another shape is passed over. */
export class PromptMemory {
  constructor(private readonly state: Memento) {}

  get form(): PromptForm | undefined {
    const parsed = promptForm.safeParse(this.state.get(FORM));
    return parsed.success ? parsed.data : undefined;
  }

  set form(form: PromptForm) {
    void this.state.update(FORM, form);
  }

  get history(): HistoryEntry[] {
    const list: unknown = this.state.get(HISTORY);
    if (!Array.isArray(list)) return [];
    return list.slice(0, HISTORY_LENGTH).flatMap((entry) => {
      const parsed = historyEntry.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    });
  }

  set history(history: HistoryEntry[]) {
    void this.state.update(HISTORY, history);
  }
}
