import { commands, Disposable, l10n, Uri, window } from 'vscode';
import type { ModelChoice } from '../common/protocol/sampling';
import { showGrid, type GridTarget } from '../panels/gridPanel';
import type { Services } from '../services';
import { promptSession } from '../views/promptSession';
import { PROMPT_VIEW } from '../views/promptView';
import { modelOfArgument } from './sampleArguments';

/** The commands around making pictures: with which model, the prompt, the pictures. */
export function registerSampleCommands(services: Services): Disposable {
  return Disposable.from(
    services.provided.command('customDiffusion.generateWith', (argument) =>
      generateWith(services, argument).catch((error: unknown) => services.showError(error)),
    ),
    services.provided.command('customDiffusion.openPrompt', () => openPrompt(services)),
    services.provided.command('customDiffusion.openPictures', (argument) => showGrid(services, targetOf(argument))),
  );
}

/** The view takes the focus from the workbench, and the page gives it to the prompt. */
async function openPrompt(services: Services): Promise<void> {
  await commands.executeCommand(`${PROMPT_VIEW}.focus`);
  promptSession(services).focusPrompt();
}

async function generateWith(services: Services, argument: unknown): Promise<void> {
  if (!services.requireTrust()) return;
  const choice = modelOfArgument(argument) ?? (await askForModel(services));
  if (!choice) return;
  await openPrompt(services);
  await promptSession(services).choose(choice);
}

/** The models of the prompt view, and a file of one's own. */
async function askForModel(services: Services): Promise<Pick<ModelChoice, 'base' | 'delta'> | undefined> {
  const session = promptSession(services);
  await session.open();
  const kinds = {
    base: l10n.t('base model'),
    run: l10n.t('run'),
    checkpoint: l10n.t('checkpoint'),
    file: l10n.t('file'),
  };
  const models = session.models.map((model) => ({ label: model.label, description: kinds[model.kind], model }));
  const file = { label: l10n.t('Choose file…'), description: '', model: undefined };
  const chosen = await window.showQuickPick([...models, file], {
    title: l10n.t('Generate with'),
    matchOnDescription: true,
  });
  if (!chosen) return undefined;
  if (chosen.model) return chosen.model.delta ? { delta: chosen.model.delta } : { base: chosen.model.base ?? '' };
  const files = await window.showOpenDialog({ title: l10n.t('Fine-tune or Base Model'), openLabel: l10n.t('Choose') });
  return files?.[0] && { delta: files[0].fsPath };
}

function targetOf(argument: unknown): GridTarget | undefined {
  if (typeof argument !== 'object' || argument === null || argument instanceof Uri) return undefined;
  const { group, file } = argument as { group?: unknown; file?: unknown };
  return typeof group === 'string' ? { group, ...(typeof file === 'string' ? { file } : {}) } : undefined;
}
