import { cp, mkdir, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commands, Disposable, l10n, Uri, window, workspace } from 'vscode';
import { ProductError } from '../common/errors';
import type { Services } from '../services';

/** Commands that belong to no panel: the log, the walkthrough, the sample concepts. */
export function registerProductCommands(services: Services): Disposable {
  const { log, context, folders } = services;
  const walkthrough = `${context.extension.id}#start`;
  return Disposable.from(
    services.provided.command('customDiffusion.showLog', () => log.show()),
    services.provided.command('customDiffusion.openWalkthrough', () =>
      commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false),
    ),
    services.provided.command('customDiffusion.restartRuntime', () =>
      Promise.resolve(services.requireTrust() && services.runtime.restart()).catch((error: unknown) =>
        services.showError(error),
      ),
    ),
    services.provided.command('customDiffusion.copySampleConcepts', () =>
      copySampleConcepts(folders.sampleConcepts()).catch((error: unknown) => services.showError(error)),
    ),
  );
}

/** Copies the sample concepts into `concepts/` of the workspace; folders that are there already stay as they are. */
async function copySampleConcepts(source: string): Promise<void> {
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (!folder)
    throw new ProductError(
      'bad-input',
      '',
      l10n.t('There is no folder to copy the sample concepts into'),
      l10n.t('Open a folder first'),
    );
  const target = join(folder.uri.fsPath, 'concepts');
  await mkdir(target, { recursive: true });
  const names = (await readdir(source, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const missing = names.filter(({ name }) => !existsSync(join(target, name)));
  for (const { name } of missing) await cp(join(source, name), join(target, name), { recursive: true });
  await commands.executeCommand('revealInExplorer', Uri.file(join(target, names[0]?.name ?? '')));
  const fineTune = l10n.t('Fine-tune Concept…');
  const message = missing.length
    ? l10n.t('{0} sample concepts are in {1}.', missing.length, target)
    : l10n.t('The sample concepts are in {0} already.', target);
  const choice = await window.showInformationMessage(message, fineTune);
  if (choice === fineTune)
    await commands.executeCommand('customDiffusion.fineTuneConcept', Uri.file(join(target, names[0]?.name ?? '')));
}
