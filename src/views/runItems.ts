import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import { formatLoss } from '../common/webview/runNumbers';
import type { SampleGridRecord } from '../common/protocol/training';
import type { RunEntry } from './runEntry';
import { runContext, runDescription, stateLooks } from './runTexts';
import { stateWord, timeWord } from './runWords';

/** A run in the list; the editor knows it by identity, so it is brought up to date, not replaced. Menus find its folder by `run`. */
export class RunItem extends TreeItem {
  constructor(public run: RunEntry) {
    super(run.name);
    this.id = run.id;
  }

  /** Shows the run as it is now. */
  update(run: RunEntry, name: string, hasChildren: boolean): void {
    const { icon, color } = stateLooks[run.state];
    this.run = run;
    this.label = name;
    this.collapsibleState = hasChildren ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None;
    this.description = runDescription(run);
    this.iconPath = new ThemeIcon(icon, color ? new ThemeColor(color) : undefined);
    this.contextValue = runContext(run);
    this.tooltip = runTooltip(run);
    this.accessibilityInformation = { label: [name, stateWord(run.state), this.description].join(', ') };
    if (run.folder)
      this.command = { command: 'customDiffusion.openRun', title: l10n.t('Open Run'), arguments: [run.folder] };
  }
}

/** A checkpoint below its run. */
export class CheckpointItem extends TreeItem {
  constructor(
    readonly run: RunEntry,
    readonly checkpoint: { step: number; folder: string },
  ) {
    super(l10n.t('Checkpoint at step {0}', checkpoint.step));
    this.id = `${run.id}#checkpoint-${checkpoint.step}`;
    this.iconPath = new ThemeIcon('save');
    this.contextValue = 'checkpoint delta';
    this.tooltip = checkpoint.folder;
  }
}

/** The sample pictures of one step below their run; a click opens the grid. */
export class SampleItem extends TreeItem {
  constructor(
    readonly run: RunEntry,
    readonly grid: SampleGridRecord,
  ) {
    super(grid.step === 0 ? l10n.t('Samples before training') : l10n.t('Samples at step {0}', grid.step));
    this.id = `${run.id}#samples-${grid.step}`;
    this.iconPath = new ThemeIcon('file-media');
    this.contextValue = 'samples';
    const path = grid.gridPath ?? grid.pictures[0]?.path;
    if (path) this.command = { command: 'vscode.open', title: l10n.t('Open Grid'), arguments: [Uri.file(path)] };
  }
}

/** Anything in the list. */
export type RunTreeItem = RunItem | CheckpointItem | SampleItem;

function runTooltip(run: RunEntry): MarkdownString {
  const text = new MarkdownString();
  // appendText escapes what names and messages may hold.
  const line = (name: string, value: string) => value && text.appendMarkdown(`\n\n${name}: `).appendText(value);
  text.appendText(run.name).appendMarkdown('\n\n').appendText(stateWord(run.state));
  if (run.problem) text.appendMarkdown('\n\n').appendText(run.problem);
  line(l10n.t('Steps'), `${run.step}/${run.steps}`);
  line(l10n.t('Loss'), run.lastLoss === undefined ? '' : formatLoss(run.lastLoss));
  line(l10n.t('Concepts'), run.concepts.map((concept) => `${concept.modifierToken} ${concept.classNoun}`).join(', '));
  line(l10n.t('What learns'), run.mode);
  line(l10n.t('Base'), run.base);
  line(l10n.t('Started'), run.startedAt ? timeWord(run.startedAt) : '');
  line(l10n.t('Folder'), run.folder ?? '');
  return text;
}
