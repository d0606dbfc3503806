import type { AnalysedPrompt, PromptFromHost, PromptJob } from '../../src/common/webview/prompt';
import type { ModelFacts, ModelOption, PromptForm } from '../../src/common/webview/promptForm';
import type { HistoryEntry } from '../../src/common/webview/promptHistory';
import type { PromptStrings } from '../../src/common/webview/promptStrings';

/** Everything the page knows. */
export interface PromptState {
  strings?: PromptStrings;
  trusted: boolean;
  form?: PromptForm;
  models: ModelOption[];
  facts?: ModelFacts;
  factsProblem?: string;
  analysis: { prompt?: AnalysedPrompt; negative?: AnalysedPrompt; problem?: string };
  history: HistoryEntry[];
  job?: PromptJob;
  busyWith?: string;
}

/** Before the host has said anything. */
export const emptyState: PromptState = { trusted: false, models: [], analysis: {}, history: [] };

/** What the page shows after a message of the host. */
export function receive(state: PromptState, message: PromptFromHost): PromptState {
  switch (message.type) {
    case 'setup':
      return { ...state, strings: message.strings, trusted: message.trusted };
    case 'models':
      return { ...state, models: message.models };
    case 'facts':
      return { ...state, facts: message.facts, factsProblem: message.problem };
    case 'form':
      return { ...state, form: { ...state.form, ...message.form } as PromptForm };
    case 'analysis': {
      const { prompt, negative, problem } = message;
      return { ...state, analysis: { prompt, negative, problem } };
    }
    case 'history':
      return { ...state, history: message.history };
    case 'job':
      return { ...state, job: message.job };
    case 'focus':
      return state;
    case 'busy':
      return { ...state, busyWith: message.with };
  }
}

/** The chosen model, if it is still there. */
export function chosenModel({ form, models }: PromptState): ModelOption | undefined {
  return models.find(({ id }) => id === form?.model);
}

/** Facts of the chosen model; those of the one chosen before do not count. */
export function chosenFacts({ form, facts }: PromptState): ModelFacts | undefined {
  return facts && facts.id === form?.model ? facts : undefined;
}
