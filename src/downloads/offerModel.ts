import { dirname } from 'node:path';
import { commands, ConfigurationTarget, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import { ProductError } from '../common/errors';
import { CONFIGURATION_SECTION, readConfiguration } from '../configuration';
import { openFineTune } from '../panels/fineTunePanel';
import { pickConceptFolders } from '../panels/fineTunePick';
import type { Services } from '../services';
import { modelName } from '../views/modelItems';

/** Errors that say something of the model; others say something of the runtime. */
const modelErrors = new Set(['bad-model', 'unsupported-model', 'bad-file', 'not-found']);

/** Has the engine look at a base model that has arrived, puts it into the list of models, and offers what to do with it. */
export async function offerModel(services: Services, base: string): Promise<void> {
  if (!(await isUsable(services, base))) return;
  await addToList(base);
  const generate = l10n.t('Generate…');
  const fineTune = l10n.t('Fine-tune…');
  const message = l10n.t('{0} is ready.', modelName(base));
  const choice = await window.showInformationMessage(message, fineTune, generate);
  if (choice === generate) await commands.executeCommand('customDiffusion.generateWith', { base });
  if (choice !== fineTune) return;
  const folders = await pickConceptFolders(false);
  if (folders.length > 0) openFineTune(services, { folders, base });
}

async function isUsable({ runtime, log }: Services, base: string): Promise<boolean> {
  try {
    await window.withProgress(
      { location: ProgressLocation.Notification, title: l10n.t('Looking at {0}', modelName(base)) },
      () => runtime.request('model/summary', { base }),
    );
    return true;
  } catch (error) {
    log.warn(String(error));
    if (!(error instanceof ProductError) || !modelErrors.has(error.code)) return true;
    const reveal = l10n.t('Reveal in File Manager');
    const message = l10n.t(
      '{0} has arrived, but it cannot be used as a base model: {1}',
      modelName(base),
      error.message,
    );
    const choice = await window.showErrorMessage(message, reveal);
    if (choice === reveal) await commands.executeCommand('revealFileInOS', Uri.file(dirname(base)));
    return false;
  }
}

async function addToList(base: string): Promise<void> {
  const listed = readConfiguration('models.folders');
  if (listed.includes(base)) return;
  const configuration = workspace.getConfiguration(CONFIGURATION_SECTION);
  await configuration.update('models.folders', [...listed, base], ConfigurationTarget.Global);
}
