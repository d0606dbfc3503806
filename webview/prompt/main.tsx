import type { PromptFromHost, PromptToHost } from '../../src/common/webview/prompt';
import type { PromptForm } from '../../src/common/webview/promptForm';
import { connectHost } from '../ui/host';
import { mount } from '../ui/mount';
import { Postponed } from './postponed';
import './prompt.css';
import { PromptPage } from './PromptPage';
import { emptyState, receive } from './state';

/** Typing reaches the host after a pause of this length. */
const PAUSE_MS = 150;

let state = emptyState;
const sendForm = new Postponed(PAUSE_MS, () => {
  if (state.form) host.post({ type: 'form', form: state.form });
});
const host = connectHost<PromptFromHost, PromptToHost>((message) => {
  state = receive(state, message);
  show();
  if (message.type === 'focus') document.querySelector<HTMLElement>('.prompt-field textarea')?.focus();
});

function edit(change: Partial<PromptForm>): void {
  if (!state.form) return;
  state = { ...state, form: { ...state.form, ...change } };
  show();
  sendForm.later();
}

function post(message: PromptToHost): void {
  sendForm.now();
  host.post(message);
}

function show(): void {
  const { form, strings } = state;
  if (form && strings) mount(<PromptPage state={{ ...state, form, strings }} edit={edit} post={post} />);
}

// The side bar may be closed in the middle of a word.
window.addEventListener('pagehide', () => sendForm.now());
