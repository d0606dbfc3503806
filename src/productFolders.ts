import { join } from 'node:path';
import { workspace, type ExtensionContext } from 'vscode';
import { readConfiguration } from './configuration';

/** Where the extension keeps things; absolute paths. */
export class ProductFolders {
  constructor(private readonly context: ExtensionContext) {}

  /** The folder of runs: the setting, or that of the first workspace folder; undefined without either. */
  runs(): string | undefined {
    return readConfiguration('runs.folder') || this.inWorkspace('runs');
  }

  /** Where generated pictures go. */
  pictures(): string {
    return this.inWorkspace('pictures') ?? join(this.context.globalStorageUri.fsPath, 'pictures');
  }

  /** Thumbnails and previews, which may be deleted at any time. */
  cache(): string {
    return readConfiguration('cache.folder') || join(this.context.globalStorageUri.fsPath, 'cache');
  }

  /** Where downloaded base models go. */
  models(): string {
    return readConfiguration('models.downloadFolder') || join(this.context.globalStorageUri.fsPath, 'models');
  }

  /** The concept folders that ship with the extension. */
  sampleConcepts(): string {
    return join(this.context.extensionPath, 'media', 'concepts');
  }

  private inWorkspace(name: string): string | undefined {
    const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
    return folder && join(folder.uri.fsPath, '.custom-diffusion', name);
  }
}
