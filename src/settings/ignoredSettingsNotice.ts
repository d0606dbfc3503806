import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, Disposable, l10n, window, workspace } from 'vscode';
import type { Services } from '../services';
import { machineSettings, settingsIn } from './ignoredSettings';

/** Settings of this workspace that were spoken of. */
const TOLD = 'customDiffusion.settings.told';

/**
 * Says once for each workspace which of its settings the editor passes over: those that name programs and folders of the
 * machine, which a downloaded workspace must not choose. The editor itself only greys them out in the file.
 */
export function registerIgnoredSettingsNotice({ context, log }: Services): Disposable {
  const names = machineSettings(context.extension.packageJSON);
  const look = async () => {
    const told = context.workspaceState.get<string[]>(TOLD, []);
    const found = (await ignoredSettings(names)).filter(({ name }) => !told.includes(name));
    if (found.length === 0) return;
    await context.workspaceState.update(TOLD, [...told, ...found.map(({ name }) => name)]);
    await tell(found);
  };
  const lookSafely = () => void look().catch((error: unknown) => log.warn(String(error)));
  lookSafely();
  return Disposable.from(
    workspace.onDidChangeWorkspaceFolders(lookSafely),
    workspace.onDidSaveTextDocument(({ uri }) => settingsFiles().includes(uri.fsPath) && lookSafely()),
  );
}

async function ignoredSettings(names: readonly string[]): Promise<{ name: string; file: string }[]> {
  const found = await Promise.all(
    settingsFiles().map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => '');
      return settingsIn(text, names).map((name) => ({ name, file }));
    }),
  );
  return found.flat();
}

function settingsFiles(): string[] {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const inFolders = folders.map(({ uri }) => join(uri.fsPath, '.vscode', 'settings.json'));
  const { workspaceFile } = workspace;
  return workspaceFile?.scheme === 'file' ? [...inFolders, workspaceFile.fsPath] : inFolders;
}

async function tell(found: readonly { name: string; file: string }[]): Promise<void> {
  const names = [...new Set(found.map(({ name }) => name))];
  const files = [...new Set(found.map(({ file }) => workspace.asRelativePath(file)))];
  const open = l10n.t('Open User Settings');
  const message = l10n.t(
    '{0} is set in {1} and has no effect there: a workspace may not choose programs and folders of this machine. Set it in your user settings.',
    names.join(', '),
    files.join(', '),
  );
  const choice = await window.showWarningMessage(message, open);
  if (choice === open) await commands.executeCommand('workbench.action.openSettings', `@id:${names.join(',')}`);
}
