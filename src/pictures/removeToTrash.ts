import { l10n, Uri, window, workspace } from 'vscode';
import { ProductError } from '../common/errors';

/**
 * Moves files and folders to the trash. Where there is none, as on many remote machines, it asks before it deletes for good.
 * @throws ProductError `cancelled` when the user would rather keep them
 */
export async function removeToTrash(paths: readonly string[]): Promise<void> {
  let forGood = false;
  for (const path of paths) {
    const uri = Uri.file(path);
    if (!forGood && (await moved(uri))) continue;
    forGood ||= await askForGood();
    if (!forGood) throw new ProductError('cancelled', path, 'was kept');
    await workspace.fs.delete(uri, { recursive: true, useTrash: false });
  }
}

async function moved(uri: Uri): Promise<boolean> {
  return workspace.fs.delete(uri, { recursive: true, useTrash: true }).then(
    () => true,
    () => false,
  );
}

async function askForGood(): Promise<boolean> {
  const remove = l10n.t('Delete Permanently');
  const options = { modal: true, detail: l10n.t('The files cannot be moved to the trash here.') };
  return (await window.showWarningMessage(l10n.t('Delete permanently?'), options, remove)) === remove;
}
