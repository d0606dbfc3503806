import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  commands,
  ConfigurationTarget,
  Disposable,
  EventEmitter,
  l10n,
  ProgressLocation,
  Uri,
  window,
  workspace,
  type TreeDataProvider,
  type TreeItem,
} from 'vscode';
import { pocketBase } from '../common/config/configLimits';
import { ProductError } from '../common/errors';
import { CONFIGURATION_SECTION, readConfiguration } from '../configuration';
import type { DownloadEntry } from '../downloads/downloads';
import { sharedDownloads } from '../downloads/sharedDownloads';
import type { RunSummary } from '../runs/runSummary';
import type { Services } from '../services';
import { modelCandidates } from './modelCandidates';
import { ModelFactsCache } from './modelFacts';
import { deltaItem, downloadItem, modelItem, modelName, type DeltaEntry, type ModelEntry } from './modelItems';

const FOLDERS = 'models.folders';

/** The list of base models in the side bar, and what can be done with them. */
export function registerModelsView(services: Services): Disposable {
  const models = new ModelsView(services);
  const handled = (work: (entry: unknown) => Promise<void>) => (entry: unknown) =>
    work(entry).catch((error: unknown) => services.showError(error));
  return Disposable.from(
    models,
    services.provided.tree('customDiffusion.models', models),
    services.provided.command(
      'customDiffusion.addModel',
      handled(() => models.add()),
    ),
    services.provided.command(
      'customDiffusion.removeModel',
      handled((entry) => models.remove(entry)),
    ),
    services.provided.command('customDiffusion.revealModel', handled(revealModel)),
    services.provided.command(
      'customDiffusion.useModel',
      handled(async (entry) => {
        if (services.requireTrust() && isModel(entry))
          await commands.executeCommand('customDiffusion.generateWith', { base: entry.base });
      }),
    ),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${CONFIGURATION_SECTION}.${FOLDERS}`)) models.refresh();
    }),
    workspace.onDidGrantWorkspaceTrust(() => models.refresh()),
    services.runs.onDidChange((runs) => models.runsChanged(runs)),
    sharedDownloads(services).onDidChange((entry) => models.downloadChanged(entry)),
  );
}

type Entry = ModelEntry | DeltaEntry | DownloadEntry;

class ModelsView extends Disposable implements TreeDataProvider<Entry> {
  private readonly changed = new EventEmitter<Entry | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly cache: ModelFactsCache;
  private deltas = '';

  constructor(private readonly services: Services) {
    super(() => this.changed.dispose());
    const { context, runtime } = services;
    this.cache = new ModelFactsCache(context.globalState, timeOfProduct(context.extensionPath), (base) =>
      runtime.request('model/summary', { base }),
    );
  }

  refresh(): void {
    this.cache.forgetProblems();
    this.changed.fire(undefined);
  }

  /** While a run is under way the list of runs changes all the time; only fine-tunes that come or go matter here. */
  runsChanged(runs: readonly RunSummary[]): void {
    const deltas = runs.map(({ delta }) => delta ?? '').join('\n');
    if (deltas === this.deltas) return;
    this.deltas = deltas;
    this.changed.fire(undefined);
  }

  /** One download went on, or the list of them is another. */
  downloadChanged(entry: DownloadEntry | undefined): void {
    this.changed.fire(entry);
  }

  getTreeItem(entry: Entry): TreeItem {
    switch (entry.kind) {
      case 'model':
        return modelItem(entry);
      case 'delta':
        return deltaItem(entry);
      case 'download':
        return downloadItem(entry);
    }
  }

  async getChildren(entry?: Entry): Promise<Entry[]> {
    if (entry)
      return entry.kind === 'model'
        ? entry.deltas.map((run) => ({ kind: 'delta', delta: run.delta ?? run.folder, run }))
        : [];
    const bases = [...new Set([pocketBase, ...readConfiguration(FOLDERS)])];
    const runs = await this.services.runs.refresh();
    const models = bases.map(async (base): Promise<ModelEntry> => ({
      kind: 'model',
      base,
      // Looking at a model needs the runtime, which does not start in a workspace that is not trusted.
      facts: await this.cache.facts(base, workspace.isTrusted),
      deltas: runs.filter((run) => run.base === base && run.delta !== undefined),
    }));
    return [...(await Promise.all(models)), ...(await sharedDownloads(this.services).list())];
  }

  /** Asks for a folder or file, checks what is there, and puts it into the settings. */
  async add(): Promise<void> {
    if (!this.services.requireTrust()) return;
    const path = await askForModel();
    if (path === undefined) return;
    const candidates = await modelCandidates(path);
    const listed = readConfiguration(FOLDERS);
    const added = candidates.filter((candidate) => !listed.includes(candidate));
    if (added.length === 0) throw new ProductError('conflict', path, l10n.t('this base model is in the list already'));
    const usable = await this.check(path, added);
    if (usable.length === 0) return;
    await writeFolders([...listed, ...usable]);
  }

  async remove(entry: unknown): Promise<void> {
    if (!isModel(entry) || entry.base === pocketBase) return;
    await writeFolders(readConfiguration(FOLDERS).filter((path) => path !== entry.base));
  }

  /** The candidates that can be used. @throws ProductError with the reason when none can */
  private async check(path: string, candidates: readonly string[]): Promise<string[]> {
    const title = l10n.t('Looking at {0}', modelName(path));
    return window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      async (_progress, token) => {
        const usable: string[] = [];
        let problem = '';
        for (const base of candidates) {
          const facts = await this.cache.facts(base, true);
          if (token.isCancellationRequested) return [];
          if (facts.state === 'usable') usable.push(base);
          else if (facts.state === 'unusable') problem ||= facts.problem;
        }
        if (usable.length === 0)
          throw new ProductError('bad-model', '', l10n.t('This cannot be used as a base model: {0}', problem));
        return usable;
      },
    );
  }
}

async function askForModel(): Promise<string | undefined> {
  const folder = { label: l10n.t('Folder'), description: l10n.t('in the layout of diffusers'), folders: true };
  const file = { label: l10n.t('File'), description: '.safetensors, .ckpt', folders: false };
  // Only macOS can offer both in one dialog.
  const kind = await window.showQuickPick([folder, file], { title: l10n.t('Add Base Model') });
  if (!kind) return undefined;
  const chosen = await window.showOpenDialog({
    title: l10n.t('Add Base Model'),
    openLabel: l10n.t('Add'),
    canSelectFolders: kind.folders,
    canSelectFiles: !kind.folders,
    ...(kind.folders ? {} : { filters: { [l10n.t('Weight files')]: ['safetensors', 'ckpt'] } }),
  });
  return chosen?.[0]?.fsPath;
}

async function writeFolders(folders: readonly string[]): Promise<void> {
  await workspace.getConfiguration(CONFIGURATION_SECTION).update(FOLDERS, folders, ConfigurationTarget.Global);
}

async function revealModel(entry: unknown): Promise<void> {
  if (!isModel(entry)) return;
  const path = entry.facts.state === 'usable' ? entry.facts.summary.path : entry.base;
  await commands.executeCommand('revealFileInOS', Uri.file(path));
}

function isModel(entry: unknown): entry is ModelEntry {
  return typeof entry === 'object' && entry !== null && (entry as { kind?: unknown }).kind === 'model';
}

/** The time of the installation: an update may bring another pocket model. */
function timeOfProduct(extensionPath: string): number {
  try {
    return statSync(join(extensionPath, 'package.json')).mtimeMs;
  } catch {
    return 0;
  }
}
