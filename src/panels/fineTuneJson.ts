import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Range, Uri, window, workspace, WorkspaceEdit, type TextDocument } from 'vscode';
import type { FineTuneDraft } from '../common/webview/fineTuneDraft';
import { writeFineTuneDocument } from './fineTuneDocument';

/** How names of configuration documents end; the manifest gives them the schema. */
const ending = '.custom-diffusion.json';

/**
 * Shows a form as a document: the one it came from, or a new one that is not saved yet. A run's own record is never touched.
 * @returns the document's address
 */
export async function openAsJson(draft: FineTuneDraft, folder: string, name: string, source?: string): Promise<string> {
  const known = source === undefined ? undefined : Uri.parse(source);
  const reusable = known && (known.scheme === 'untitled' || basename(known.path).endsWith(ending)) ? known : undefined;
  const document = await workspace.openTextDocument(reusable ?? newDocument(folder, name));
  await replaceText(document, writeFineTuneDocument(draft));
  await window.showTextDocument(document, { preview: false });
  return document.uri.toString();
}

function newDocument(folder: string, name: string): Uri {
  const stem = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-') || 'fine-tune';
  let path = join(folder, stem + ending);
  for (let i = 2; existsSync(path); i++) path = join(folder, `${stem}-${i}${ending}`);
  return Uri.file(path).with({ scheme: 'untitled' });
}

async function replaceText(document: TextDocument, text: string): Promise<void> {
  if (document.getText() === text) return;
  const edit = new WorkspaceEdit();
  const all = new Range(document.positionAt(0), document.positionAt(document.getText().length));
  edit.replace(document.uri, all, text);
  await workspace.applyEdit(edit);
}
