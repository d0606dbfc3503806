import { basename } from 'node:path';
import { l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import { pocketBase } from '../common/config/configLimits';
import { gigabytes } from '../downloads/amounts';
import type { DownloadEntry } from '../downloads/downloads';
import type { RunSummary } from '../runs/runSummary';
import type { ModelFacts } from './modelFacts';

/** A base model of the list. */
export interface ModelEntry {
  kind: 'model';
  /** A path or "pocket". */
  base: string;
  facts: ModelFacts;
  deltas: readonly RunSummary[];
}

/** A fine-tune below its base; `delta` is what *Generate with…* looks for. */
export interface DeltaEntry {
  kind: 'delta';
  delta: string;
  run: RunSummary;
}

/** How a model is called. */
export function modelName(base: string): string {
  return base === pocketBase ? l10n.t('Pocket model') : basename(base) || base;
}

/** The line of a base model. */
export function modelItem({ base, facts, deltas }: ModelEntry): TreeItem {
  const open = deltas.length > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None;
  const item = new TreeItem(modelName(base), open);
  item.id = base;
  const marks = [
    'model',
    ...(facts.state === 'usable' ? ['usable'] : []),
    ...(base === pocketBase ? ['shipped'] : ['removable']),
  ];
  item.contextValue = marks.join(' ');
  item.iconPath = new ThemeIcon(facts.state === 'unusable' ? 'warning' : 'package');
  item.description = describe(facts);
  item.tooltip = tooltip(base, facts);
  item.accessibilityInformation = { label: `${modelName(base)}, ${item.description}` };
  return item;
}

/** The line of a fine-tune. */
export function deltaItem({ delta, run }: DeltaEntry): TreeItem {
  const item = new TreeItem(run.name);
  item.id = delta;
  item.contextValue = 'delta';
  item.iconPath = new ThemeIcon('layers');
  item.description = run.concepts.map(({ modifierToken, classNoun }) => `${modifierToken} ${classNoun}`).join(', ');
  item.tooltip = delta;
  item.resourceUri = Uri.file(delta);
  item.command = { command: 'vscode.open', title: l10n.t('Open'), arguments: [Uri.file(delta)] };
  return item;
}

/** The line of a download that runs or can be resumed. */
export function downloadItem({ folder, name, plan, received, total, state }: DownloadEntry): TreeItem {
  const item = new TreeItem(name);
  const percent = l10n.t('{0} %', total > 0 ? Math.floor((received / total) * 100) : 100);
  item.id = `download ${folder}`;
  item.contextValue = state === 'here' ? 'download running' : state === 'paused' ? 'download paused' : 'download';
  item.iconPath = new ThemeIcon(state === 'paused' ? 'debug-pause' : 'cloud-download');
  item.description = {
    here: l10n.t('downloading, {0}', percent),
    elsewhere: l10n.t('downloading in another window'),
    paused: l10n.t('download paused at {0}', percent),
  }[state];
  item.tooltip = [plan.repository, l10n.t('{0} of {1}', gigabytes(received), gigabytes(total)), folder].join('\n');
  item.accessibilityInformation = { label: `${name}, ${item.description}` };
  return item;
}

function describe(facts: ModelFacts): string {
  if (facts.state === 'unknown') return l10n.t('not looked at in an untrusted workspace');
  if (facts.state === 'unusable') return facts.problem;
  const { family, resolution, parameters } = facts.summary;
  return `${family} · ${resolution} px · ${millions(parameters.unet + parameters.autoencoder + parameters.textEncoders)}`;
}

function tooltip(base: string, facts: ModelFacts): MarkdownString {
  const text = new MarkdownString();
  const line = (words: string) => text.appendText(words).appendMarkdown('\n\n');
  line(base === pocketBase ? l10n.t('The miniature model that ships with the extension') : base);
  if (facts.state === 'unusable') line(facts.problem);
  if (facts.state !== 'usable') return text;
  const { family, resolution, sizeMultiple, predictionType, parameters, textPositions } = facts.summary;
  line(family);
  line(l10n.t('Pictures of {0} pixels; sides are multiples of {1}', resolution, sizeMultiple));
  line(l10n.t('UNet {0}, autoencoder {1}, text {2}', ...Object.values(parameters).map(millions)));
  line(l10n.t('Predicts {0}; {1} positions in a prompt', predictionType, textPositions));
  return text;
}

function millions(parameters: number): string {
  return parameters < 1e9 ? `${(parameters / 1e6).toFixed(1)} M` : `${(parameters / 1e9).toFixed(2)} B`;
}
