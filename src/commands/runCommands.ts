import { join } from 'node:path';
import { commands, Disposable, l10n, Uri, window, workspace } from 'vscode';
import { ProductError } from '../common/errors';
import { isActive, resumeObstacle, type ResumeObstacle, type RunRequest } from '../common/webview/runControls';
import { showRun } from '../panels/runPanel';
import { askOfRun, confirmDiscard, discardRun } from '../panels/runRequests';
import type { Services } from '../services';
import type { RunEntry } from '../views/runEntry';
import { runContext } from '../views/runTexts';
import { sharedRuns } from '../views/sharedRuns';
import { pickRun, runsOfArguments } from './runArguments';

/** What a command is done to. */
type Work = (run: RunEntry, all: RunEntry[]) => void | PromiseLike<unknown>;

/** Everything that is done to runs from the list, the palette and notifications. */
export function registerRunCommands(services: Services): Disposable {
  const list = sharedRuns(services);
  const { runs, showError } = services;
  const onRun = (id: string, isMeant: (run: RunEntry) => boolean, work: Work) =>
    services.provided.command(id, async (item, items) => {
      try {
        const chosen = await runsOfArguments(services, item, items);
        const run = chosen[0] ?? (await pickRun(list.entries.filter(isMeant)));
        if (run) await work(run, chosen.length ? chosen : [run]);
      } catch (error) {
        showError(error);
      }
    });
  const hasFolder = (run: RunEntry) => run.folder !== undefined;
  const has = (word: string) => (run: RunEntry) => runContext(run).split(' ').includes(word);
  return Disposable.from(
    onRun('customDiffusion.openRun', hasFolder, (run) => open(services, run)),
    onRun('customDiffusion.resumeRun', has('resumable'), (run) => resume(services, run)),
    onRun('customDiffusion.pauseRun', has('running'), (run) => askOfRun(services, run.id, 'pause')),
    onRun('customDiffusion.stopRun', has('running'), (run) => stop(services, run)),
    onRun('customDiffusion.duplicateRun', hasFolder, (run) =>
      commands.executeCommand('customDiffusion.fineTuneFromJson', Uri.file(join(folderOf(run), 'config.json'))),
    ),
    onRun('customDiffusion.compareRuns', hasFolder, (run, all) => compare(services, run, all)),
    onRun('customDiffusion.revealRun', hasFolder, (run) => reveal(folderOf(run))),
    onRun('customDiffusion.deleteRun', has('deletable'), (_, all) => remove(services, all)),
    services.provided.command('customDiffusion.refreshRuns', () => runs.refresh()),
  );
}

function folderOf({ folder, name }: RunEntry): string {
  if (folder !== undefined) return folder;
  throw new ProductError('not-found', name, l10n.t('the run has no folder yet'), l10n.t('Wait until it has started'));
}

function open(services: Services, run: RunEntry): void {
  showRun(services, folderOf(run));
}

/** Also from a message that was not closed: by now the run may be at work again. */
async function resume(services: Services, run: RunEntry): Promise<void> {
  const obstacle = resumeObstacle(sharedRuns(services).controls(run));
  if (obstacle) void window.showInformationMessage(obstacleWords(run.name)[obstacle]);
  else if (!(await askOfRun(services, run.id, 'resume'))) return;
  if (run.folder !== undefined) open(services, run);
}

function obstacleWords(name: string): Record<ResumeObstacle, string> {
  return {
    underWay: l10n.t('{0} is under way already.', name),
    elsewhere: l10n.t('Another program works on {0} already.', name),
    finished: l10n.t('{0} is finished already.', name),
    noCheckpoint: l10n.t('{0} has no checkpoint to go on from.', name),
  };
}

/** The three ways to end a run. */
async function stop(services: Services, run: RunEntry): Promise<void> {
  const ways: { label: string; detail: string; request: RunRequest }[] = [
    {
      label: l10n.t('Stop'),
      detail: l10n.t('Ends after this step and keeps a checkpoint and the delta so far'),
      request: 'stop',
    },
    {
      label: l10n.t('Stop Now'),
      detail: l10n.t('Ends at once; steps since the last checkpoint are lost'),
      request: 'stopNow',
    },
    {
      label: l10n.t('Discard'),
      detail: l10n.t('Ends at once and moves the run to the trash'),
      request: 'discard',
    },
  ];
  const offered = run.state === 'queued' ? ways.filter(({ request }) => request !== 'stopNow') : ways;
  const way = await window.showQuickPick(offered, { title: l10n.t('Stop {0}', run.name) });
  if (way) await askOfRun(services, run.id, way.request);
}

async function compare(services: Services, run: RunEntry, all: readonly RunEntry[]): Promise<void> {
  const others = sharedRuns(services).entries.filter(({ id, step }) => id !== run.id && step > 0);
  const other = all.find(({ id }) => id !== run.id) ?? (await pickRun(others, l10n.t('Compare {0} with', run.name)));
  if (other) showRun(services, folderOf(run), other.id);
}

async function reveal(folder: string): Promise<void> {
  const uri = Uri.file(folder);
  const command = workspace.getWorkspaceFolder(uri) ? 'revealInExplorer' : 'revealFileInOS';
  await commands.executeCommand(command, uri);
}

/** Runs that are at work here or elsewhere stay. */
async function remove(services: Services, all: readonly RunEntry[]): Promise<void> {
  const busy = all.find(({ state }) => isActive(state) || state === 'elsewhere');
  if (busy)
    throw new ProductError('conflict', busy.name, l10n.t('the run is at work'), l10n.t('Stop it before you delete it'));
  if (!(await confirmDiscard(all))) return;
  for (const run of all) await discardRun(services, run);
}
