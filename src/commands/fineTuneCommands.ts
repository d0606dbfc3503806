import { dirname } from 'node:path';
import { Disposable, l10n, Uri, window, workspace } from 'vscode';
import { pocketBase } from '../common/config/configLimits';
import { ProductError } from '../common/errors';
import { readConfiguration } from '../configuration';
import { readFineTuneDocument } from '../panels/fineTuneDocument';
import { openFineTune } from '../panels/fineTunePanel';
import { checkConceptFolders, pickConceptFolders } from '../panels/fineTunePick';
import type { Services } from '../services';

/** The ways to a fine-tune form: folders of the explorer, a folder that is asked for, a document. */
export function registerFineTuneCommands(services: Services): Disposable {
  const command = (id: string, run: (uri: unknown, uris: unknown) => Promise<void>) =>
    services.provided.command(id, async (uri, uris) => {
      if (!services.requireTrust()) return;
      await run(uri, uris).catch((error: unknown) => services.showError(error));
    });
  return Disposable.from(
    command('customDiffusion.fineTuneConcept', (uri, uris) => fromFolders(services, uri, uris, false)),
    command('customDiffusion.fineTuneTogether', (uri, uris) => fromFolders(services, uri, uris, true)),
    command('customDiffusion.fineTuneFromJson', (uri) => fromDocument(services, uri)),
  );
}

async function fromFolders(services: Services, uri: unknown, uris: unknown, several: boolean): Promise<void> {
  const given = chosenFolders(uri, uris, several);
  await checkConceptFolders(given);
  const folders = given.length > 0 ? given : await pickConceptFolders(several);
  if (folders.length > 0) openFineTune(services, { folders });
}

/** What the explorer passes: the item that was clicked, and all that are selected. The palette passes nothing. */
function chosenFolders(uri: unknown, uris: unknown, several: boolean): string[] {
  const selected = Array.isArray(uris) && several ? uris : [uri];
  const files = selected.filter((one): one is Uri => one instanceof Uri && one.scheme === 'file');
  return [...new Set(files.map(({ fsPath }) => fsPath))];
}

async function fromDocument(services: Services, given: unknown): Promise<void> {
  const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
  if (!uri)
    throw new ProductError(
      'bad-input',
      '',
      l10n.t('No configuration is open'),
      l10n.t('Open a configuration such as cat.custom-diffusion.json'),
    );
  // What is in the editor counts, saved or not.
  const document = await workspace.openTextDocument(uri);
  const folder = dirname(uri.fsPath);
  const base = readConfiguration('models.defaultBase') || pocketBase;
  const config = await readFineTuneDocument(document.getText(), uri.fsPath, folder, base);
  openFineTune(services, { config, folder, source: uri.toString() });
}
