import { basename, dirname } from 'node:path';
import { commands, env, l10n, Uri, window, workspace } from 'vscode';
import type { GalleryToHost } from '../common/webview/gallery';
import type { GroupPicture, PictureGroup } from '../pictures/pictureGroup';
import { sharedPictures } from '../pictures/sharedPictures';
import type { Services } from '../services';
import { promptSession } from '../views/promptSession';
import { settingsOf } from './gridSettings';

/** What is done to pictures and groups; small copies come from elsewhere. */
type ActionMessage = Exclude<GalleryToHost, { type: 'thumbnails' }>;
type PictureMessage = Extract<ActionMessage, { file: string }>;
type GroupMessage = Exclude<ActionMessage, { file: string }>;

/** Does what the grid panel asks. Pictures are looked up by name, so that a page reaches nothing else. */
export class GridActions {
  constructor(private readonly services: Services) {}

  async handle(message: ActionMessage): Promise<void> {
    if (!('file' in message)) return this.handleGroup(message);
    const group = this.store.group(message.group);
    const picture = group?.pictures.find(({ file }) => file === message.file);
    // Gone meanwhile; the page will hear of it.
    if (group && picture) await this.handlePicture(message, group, picture);
  }

  private get store() {
    return sharedPictures(this.services).store;
  }

  private async handlePicture(message: PictureMessage, group: PictureGroup, picture: GroupPicture): Promise<void> {
    const uri = Uri.joinPath(Uri.file(group.folder), picture.file);
    switch (message.type) {
      case 'openInEditor':
        await commands.executeCommand('vscode.open', uri);
        return;
      case 'star':
        return this.store.setStar(group.id, picture.file, message.starred);
      case 'copyPrompt':
        return copy(picture.prompt);
      case 'copySeed':
        return copy(String(picture.seed));
      case 'useSettings':
        await commands.executeCommand('customDiffusion.openPrompt');
        return promptSession(this.services).use(settingsOf(picture), picture.model);
      case 'inspect':
        await commands.executeCommand('customDiffusion.inspectAttention', uri);
        return;
      case 'saveAs':
        return saveAs(uri);
      case 'delete':
        if (await confirm(l10n.t('Delete the picture of seed {0}?', picture.seed)))
          await this.store.removePicture(group.id, picture.file);
    }
  }

  private async handleGroup(message: GroupMessage): Promise<void> {
    if (message.type === 'refresh') return this.store.reload();
    if (message.type === 'openPrompt') {
      await commands.executeCommand('customDiffusion.openPrompt');
      return;
    }
    const group = this.store.group(message.group);
    if (!group) return;
    switch (message.type) {
      case 'useGroup':
        await commands.executeCommand('customDiffusion.openPrompt');
        if (group.form) promptSession(this.services).change(group.form);
        return;
      case 'revealGroup':
        await commands.executeCommand('revealFileInOS', Uri.file(group.folder));
        return;
      case 'deleteGroup': {
        const question = l10n.t('Delete "{0}" with its {1} pictures?', group.title, group.pictures.length);
        if (await confirm(question)) await this.store.removeGroup(group.id);
      }
    }
  }
}

async function copy(text: string): Promise<void> {
  await env.clipboard.writeText(text);
  window.setStatusBarMessage(l10n.t('Copied'), 2000);
}

async function saveAs(uri: Uri): Promise<void> {
  const folder = workspace.workspaceFolders?.find(({ uri: root }) => root.scheme === 'file')?.uri.fsPath;
  const target = await window.showSaveDialog({
    title: l10n.t('Save Picture As'),
    defaultUri: Uri.joinPath(Uri.file(folder ?? dirname(uri.fsPath)), basename(uri.fsPath)),
    filters: { PNG: ['png'] },
  });
  if (target && target.toString() !== uri.toString()) await workspace.fs.copy(uri, target, { overwrite: true });
}

async function confirm(question: string): Promise<boolean> {
  const remove = l10n.t('Delete');
  const options = { modal: true, detail: l10n.t('The files are moved to the trash where there is one.') };
  return (await window.showWarningMessage(question, options, remove)) === remove;
}
