import { Disposable, l10n, MarkdownString, StatusBarAlignment, ThemeColor, window } from 'vscode';
import { isActive } from './common/webview/runControls';
import { readRunDetails } from './panels/runDetails';
import type { Services } from './services';
import type { RunEntry } from './views/runEntry';
import { statusDetails, statusText } from './views/runTexts';
import { deviceWord, statusTexts } from './views/runWords';
import { sharedRuns } from './views/sharedRuns';

/** The one status bar item: what is at work now, or what failed last until somebody looks at it. */
export function registerStatusBar(services: Services): Disposable {
  const { training, sampling } = services;
  const list = sharedRuns(services);
  const item = window.createStatusBarItem('customDiffusion.status', StatusBarAlignment.Left, 10);
  item.name = l10n.t('Custom Diffusion');
  let failed: string | undefined;
  const devices = new Map<string, string | undefined>();
  const update = () => {
    const run = list.entries.find(({ state }) => state === 'training' || state === 'preparing');
    const pictures = sampling.runs.find(({ state }) => state === 'running' || state === 'stopping');
    item.backgroundColor = undefined;
    const problem = failed === undefined ? undefined : list.find(failed);
    if (run) showRun(run);
    else if (pictures) showPictures(pictures.title, pictures.progress);
    else if (problem && !isActive(problem.state)) showFailure(problem);
    else return item.hide();
    item.show();
  };

  function showRun(run: RunEntry): void {
    const texts = statusTexts();
    item.text = `${run.live?.isSilent ? '$(warning)' : '$(sync~spin)'} ${statusText(run, texts)}`;
    item.tooltip = plainTooltip(statusDetails(run, deviceOf(run), texts));
    item.command = openRun(run);
  }

  /** Known once the run's files were read, which is soon enough for a tooltip. */
  function deviceOf({ folder }: RunEntry): string | undefined {
    if (folder === undefined) return undefined;
    if (!devices.has(folder)) {
      devices.set(folder, undefined);
      void readRunDetails(folder).then(({ device, trainedParameters }) => {
        // The manifest with the device that is really used comes after the configuration.
        if (trainedParameters === undefined) return devices.delete(folder);
        const word = deviceWord(device);
        devices.set(folder, word && l10n.t('Device: {0}', word));
      });
    }
    return devices.get(folder);
  }

  function showPictures(title: string, progress: { done: number; total: number } | undefined): void {
    const text = progress ? l10n.t('pictures {0}/{1}', progress.done, progress.total) : l10n.t('drawing pictures');
    item.text = `$(sync~spin) ${text}`;
    item.tooltip = plainTooltip([title, text]);
    item.command = 'customDiffusion.openPictures';
  }

  function showFailure(run: RunEntry): void {
    const text = run.state === 'interrupted' ? l10n.t('{0} was interrupted', run.name) : l10n.t('{0} failed', run.name);
    item.text = `$(error) ${text}`;
    item.tooltip = plainTooltip([run.name, run.problem ?? '']);
    item.backgroundColor = new ThemeColor('statusBarItem.errorBackground');
    item.command = openRun(run);
  }

  update();
  return Disposable.from(
    item,
    list.onDidChange(update),
    training.onDidChange((run) => {
      const id = run.folder ?? run.job;
      if (run.state === 'failed' || run.state === 'interrupted') failed = id;
      // Whoever does something else with a run has seen that it failed.
      else if (failed === id || !run.hasEnded) failed = undefined;
    }),
    list.onDidLookAt((id) => {
      if (id === failed) failed = undefined;
      update();
    }),
    sampling.onDidChange(update),
    sampling.onUpdate(update),
  );
}

function openRun({ folder, id }: RunEntry) {
  return { command: 'customDiffusion.openRun', title: l10n.t('Open Run'), arguments: [folder ?? id] };
}

function plainTooltip(lines: readonly string[]): MarkdownString {
  const text = new MarkdownString();
  lines.filter(Boolean).forEach((line, i) => (i ? text.appendMarkdown('\n\n') : text).appendText(line));
  return text;
}
