import { basename } from 'node:path';
import { l10n, window, workspace } from 'vscode';
import { maxConcepts } from '../common/config/configLimits';
import { ProductError } from '../common/errors';
import { lookForPictures } from './fineTuneFolders';

/**
 * Asks for folders of pictures with the editor's own dialogue.
 * @returns their paths; none when the user changed their mind
 * @throws ProductError when one of them holds no pictures
 */
export async function pickConceptFolders(several: boolean): Promise<string[]> {
  const chosen = await window.showOpenDialog({
    title: several ? l10n.t('Folders of the concepts') : l10n.t('Folder of the concept'),
    openLabel: l10n.t('Fine-tune'),
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: several,
    defaultUri: workspace.workspaceFolders?.[0]?.uri,
  });
  const folders = (chosen ?? []).filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
  await checkConceptFolders(folders);
  return folders;
}

/**
 * Refuses folders that cannot be concepts, by the names in them: nothing is opened that could not be used.
 * @throws ProductError `bad-input` or `not-found` at the folder
 */
export async function checkConceptFolders(folders: readonly string[]): Promise<void> {
  if (folders.length > maxConcepts)
    throw new ProductError(
      'bad-input',
      '',
      l10n.t('{0} folders were chosen', folders.length),
      l10n.t('At most {0} concepts can be taught together', maxConcepts),
    );
  for (const folder of folders) {
    const look = await lookForPictures(folder).catch(() => {
      throw new ProductError('not-found', folder, l10n.t('the folder cannot be read'), l10n.t('Check the path'));
    });
    if (look.pictures > 0) continue;
    const remedy =
      look.inner.length > 0
        ? l10n.t('The pictures are in the folders inside it: choose {0}', look.inner.slice(0, 3).join(', '))
        : l10n.t('Put 4 to 20 pictures of the subject in it');
    throw new ProductError('bad-input', basename(folder), l10n.t('the folder holds no pictures'), remedy);
  }
}
