import { join } from 'node:path';
import { commands, l10n, Uri, window, workspace } from 'vscode';
import { ProductError } from '../common/errors';
import type { RunToHost } from '../common/webview/run';
import type { Services } from '../services';
import { runCsv } from './runCsv';
import type { RunCourse } from './runFeed';
import { samplePath } from './runPictures';
import { askOfRun } from './runRequests';

/** What the actions need of their panel. */
export interface RunActionSources {
  course(): RunCourse;
  concepts(): readonly { modifierToken: string }[];
  compareWith(run: string | undefined): void;
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Does what the run page asks for. */
export class RunActions {
  constructor(
    private readonly services: Services,
    private readonly folder: string,
    private readonly sources: RunActionSources,
  ) {}

  /** @throws ProductError when it cannot be done */
  async handle(message: RunToHost): Promise<void> {
    switch (message.type) {
      case 'ask':
        await askOfRun(this.services, this.folder, message.request);
        return;
      case 'open':
        return this.open(message.what);
      case 'overlay':
        return this.sources.compareWith(message.run ?? undefined);
      case 'openPicture':
        await commands.executeCommand('vscode.open', this.pictureUri(message.step, message.picture));
        return;
      case 'inspect':
        await commands.executeCommand(
          'customDiffusion.inspectAttention',
          this.pictureUri(message.step, message.picture),
        );
        return;
      case 'exportCsv': {
        const csv = runCsv(this.sources.course().steps, this.sources.concepts());
        return this.save('csv', l10n.t('Comma-separated values'), new TextEncoder().encode(csv));
      }
      case 'exportPng':
        if (!pngSignature.every((byte, i) => message.data[i] === byte))
          throw new ProductError('bad-image', '', l10n.t('the page sent something that is no PNG picture'));
        return this.save('png', l10n.t('PNG picture'), message.data);
    }
  }

  private async open(what: Extract<RunToHost, { type: 'open' }>['what']): Promise<void> {
    const config = Uri.file(join(this.folder, 'config.json'));
    const [command, argument] = {
      folder: ['customDiffusion.revealRun', this.folder] as const,
      config: ['vscode.open', config] as const,
      log: ['vscode.open', Uri.file(join(this.folder, 'log.jsonl'))] as const,
      generate: ['customDiffusion.generateWith', this.folder] as const,
      duplicate: ['customDiffusion.duplicateRun', this.folder] as const,
    }[what];
    await commands.executeCommand(command, argument);
  }

  private pictureUri(step: number, picture: number | null): Uri {
    const path = samplePath(this.sources.course().grids, step, picture);
    if (path === undefined)
      throw new ProductError('not-found', this.folder, l10n.t('the picture is not there any more'));
    return Uri.file(path);
  }

  private async save(extension: string, kind: string, data: Uint8Array): Promise<void> {
    const target = await window.showSaveDialog({
      title: extension === 'png' ? l10n.t('Export PNG') : l10n.t('Export CSV'),
      defaultUri: Uri.file(join(this.folder, `loss.${extension}`)),
      filters: { [kind]: [extension] },
    });
    if (target) await workspace.fs.writeFile(target, data);
  }
}
