import {
  CancellationTokenSource,
  commands,
  l10n,
  Uri,
  window,
  workspace,
  type CancellationToken,
  type Disposable,
} from 'vscode';
import { ProductError } from '../common/errors';
import type {
  CheckState,
  FineTuneFromHost,
  FineTuneState,
  FineTuneToHost,
  FineTuneViewState,
  ModelState,
} from '../common/webview/fineTune';
import { valueAt, withEdit, type FieldEdit, type FineTuneDraft } from '../common/webview/fineTuneDraft';
import type { Services } from '../services';
import { offeredBases } from './fineTuneBases';
import { checkAtOnce, checkStateOf } from './fineTuneCheck';
import { FineTuneDatasets, type ScanParams } from './fineTuneDatasets';
import { openAsJson } from './fineTuneJson';
import { LatestOnly } from './fineTuneLatest';
import { freeTokenNumber, newConcept } from './fineTuneNewDraft';
import { absoluteBase, conceptFolders, isFolderField, isPageEdit, writtenPath } from './fineTunePaths';
import { pickConceptFolders } from './fineTunePick';
import { startAndShow } from './fineTuneStart';

/** What a form works on. */
export type FineTuneSubject = Pick<FineTuneViewState, 'config' | 'folder' | 'source'>;

/** The panel of a form, as the form sees it. */
export interface FormPanel {
  cacheFolder: string;
  addressOf: (path: string) => string;
  post: (message: FineTuneFromHost) => void;
}

const checkDelayMs = 400;

/** The state of one form and everything it does; the panel only shows it. */
export class FineTuneSession implements Disposable {
  private draft: FineTuneDraft;
  private folder: string;
  private source: string | undefined;
  private model: ModelState = { status: 'reading' };
  private check: CheckState = { pending: true, problems: [], warnings: [] };
  private starting = false;
  private readBase: string | undefined;
  private readonly datasets: FineTuneDatasets;
  private readonly checks = new LatestOnly<CancellationToken>(checkDelayMs, () => new CancellationTokenSource());
  private readonly models = new LatestOnly<CancellationToken>(0, () => new CancellationTokenSource());

  constructor(
    private readonly services: Services,
    private readonly panel: FormPanel,
    { config, folder, source }: FineTuneSubject,
  ) {
    this.draft = config;
    this.folder = folder;
    this.source = source;
    this.datasets = new FineTuneDatasets({
      services,
      ...panel,
      onChange: (concept) => panel.post({ type: 'dataset', concept, dataset: this.datasets.states[concept]! }),
      onFilesChanged: () => this.checkAgain(),
    });
    this.refresh();
  }

  /** Everything, for a page that has just become ready. */
  get state(): FineTuneState {
    const { folder, source, draft, model, check, starting } = this;
    return {
      restricted: !workspace.isTrusted,
      folder,
      ...(source === undefined ? {} : { source }),
      config: draft,
      bases: offeredBases(draft.base),
      model,
      datasets: this.datasets.states,
      check,
      starting,
    };
  }

  /** The absolute folders of the concepts: what the form is about. */
  get folders(): string[] {
    return conceptFolders(this.draft, this.folder);
  }

  /** Nouns of the concepts, for the panel's title. */
  get nouns(): string[] {
    return this.concepts.map((concept) => String(valueAt(concept, ['classNoun']) ?? '')).filter(Boolean);
  }

  /** Takes another configuration, as when its document was opened as a form again. */
  replace({ config, folder, source }: FineTuneSubject): void {
    this.draft = config;
    this.folder = folder;
    this.source = source ?? this.source;
    this.refresh();
    this.panel.post({ type: 'update', change: this.state });
  }

  /** Something outside changed: settings, trust. */
  refresh(): void {
    this.readModel();
    this.checkAgain();
    this.syncDatasets();
    this.panel.post({
      type: 'update',
      change: {
        restricted: !workspace.isTrusted,
        bases: offeredBases(this.draft.base),
        datasets: this.datasets.states,
      },
    });
  }

  /** Does what the page asks. @throws ProductError to be shown. */
  async receive(message: FineTuneToHost): Promise<void> {
    switch (message.type) {
      case 'edit':
        return this.edit(message.edits);
      case 'base':
        if (!offeredBases(this.draft.base).some(({ value }) => value === message.value)) return;
        this.edit([{ path: ['base'], value: message.value }], true);
        return this.readModel();
      case 'addModel':
        return void (await commands.executeCommand('customDiffusion.addModel'));
      case 'pickFolder':
        return this.pickFolder(message.path);
      case 'addConcept':
        return this.addConcepts();
      case 'removeConcept':
        return this.setConcepts(this.concepts.filter((_, i) => i !== message.concept));
      case 'rescan':
        return this.datasets.rescan(message.concept);
      case 'caption':
        await this.datasets.writeCaption(message.concept, message.file, message.caption);
        return this.checkAgain();
      case 'augment':
        return this.showViews(message);
      case 'openPicture':
        return void (await commands.executeCommand(
          'vscode.open',
          Uri.file(this.datasets.pathOf(message.concept, message.file)),
        ));
      case 'openJson':
        return this.openJson();
      case 'manageTrust':
        return void (await commands.executeCommand('workbench.trust.manage'));
      case 'showLog':
        return this.services.log.show();
      case 'start':
        return this.start();
    }
  }

  dispose(): void {
    this.checks.cancel();
    this.models.cancel();
    this.datasets.dispose();
  }

  private get concepts(): unknown[] {
    return Array.isArray(this.draft.concepts) ? this.draft.concepts : [];
  }

  /** Paths are written by the host alone, or a page could have any folder read. */
  private edit(edits: readonly FieldEdit[], byHost = false): void {
    this.draft = edits.filter((edit) => byHost || isPageEdit(edit)).reduce(withEdit, this.draft);
    if (byHost) this.panel.post({ type: 'update', change: { config: this.draft } });
    this.checkAgain();
    this.syncDatasets();
  }

  private setConcepts(concepts: readonly unknown[]): void {
    if (concepts.length === 0) return;
    this.edit([{ path: ['concepts'], value: concepts }], true);
    this.panel.post({ type: 'update', change: { datasets: this.datasets.states } });
  }

  private async addConcepts(): Promise<void> {
    const picked = await pickConceptFolders(true);
    const added = picked.reduce<unknown[]>((list, folder) => {
      const tokens = list.map((concept) => valueAt(concept, ['modifierToken']));
      return [...list, newConcept(folder, this.folder, freeTokenNumber(tokens))];
    }, this.concepts);
    if (picked.length > 0) this.setConcepts(added);
  }

  private async pickFolder(path: FieldEdit['path']): Promise<void> {
    if (!isFolderField(path)) return;
    const [uri] =
      (await window.showOpenDialog({
        title: l10n.t('Choose Folder'),
        openLabel: l10n.t('Choose'),
        canSelectFiles: false,
        canSelectFolders: true,
        defaultUri: Uri.file(this.folder),
      })) ?? [];
    if (uri?.scheme === 'file') this.edit([{ path, value: writtenPath(uri.fsPath, this.folder) }], true);
  }

  private async openJson(): Promise<void> {
    const name = valueAt(this.check.resolved, ['name']) ?? this.draft.name ?? this.nouns.join('-');
    this.source = await openAsJson(this.draft, this.folder, String(name), this.source);
    this.panel.post({ type: 'update', change: { source: this.source } });
  }

  private async showViews({ concept, file, first }: { concept: number; file: string; first: number }): Promise<void> {
    if (!workspace.isTrusted) return;
    const { resolved } = this.check;
    const answer = { type: 'views', concept, file, first } as const;
    try {
      const views = await this.datasets.views(concept, file, {
        base: absoluteBase(this.draft, this.folder),
        resolution: this.resolution,
        seed: wholeNumber(valueAt(resolved, ['seed'])) ?? 0,
        first,
        enabled: valueAt(resolved, ['augmentation', 'enabled']) !== false,
        flip: valueAt(resolved, ['augmentation', 'flip']) !== false,
        excluded: this.excluded(concept),
      });
      this.panel.post({ ...answer, views });
    } catch (error) {
      this.panel.post({ ...answer, views: [], problem: words(error) });
    }
  }

  private async start(): Promise<void> {
    const { problems, resolved } = this.check;
    if (!this.services.requireTrust() || this.starting || problems.length > 0 || !resolved) return;
    this.setStarting(true);
    try {
      await startAndShow(this.services, this.draft, resolved, this.folder);
    } finally {
      this.setStarting(false);
    }
  }

  private setStarting(starting: boolean): void {
    this.starting = starting;
    this.panel.post({ type: 'update', change: { starting } });
  }

  private get resolution(): number {
    return wholeNumber(valueAt(this.check.resolved, ['resolution'])) ?? 512;
  }

  /** The files that a concept leaves out, as far as they are written as they must be. */
  private excluded(concept: number): string[] {
    const names = valueAt(this.draft, ['concepts', concept, 'exclude']);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  }

  private syncDatasets(): void {
    if (!workspace.isTrusted) return;
    this.datasets.sync(
      this.folders.map((folder, i) => {
        const of = (name: string) => valueAt(this.draft, ['concepts', i, name]);
        const captions = (['template', 'fileNames', 'text'] as const).find((kind) => kind === of('captions'));
        const template = of('template');
        const exclude = this.excluded(i);
        return {
          folder,
          resolution: this.resolution,
          ...(captions ? { captions } : {}),
          ...(typeof template === 'string' && template.length <= 500 ? { template } : {}),
          ...(exclude.length > 0 ? { exclude } : {}),
        } satisfies ScanParams;
      }),
    );
  }

  /** Says at once what can be said without the runtime, and asks it for the rest once the user pauses. */
  private checkAgain(): void {
    const { problems, resolved } = checkAtOnce(this.draft);
    const wasResolved = this.check.resolved;
    const hadRuntimeAnswer = this.check.estimate !== undefined;
    if (problems.length > 0 || !workspace.isTrusted) {
      this.checks.cancel();
      return this.setCheck({ pending: false, problems, warnings: [], resolved: resolved ?? wasResolved });
    }
    this.setCheck({
      ...this.check,
      pending: true,
      // The runtime knows the model's resolution, so its defaults stay until it answers.
      resolved: hadRuntimeAnswer
        ? { ...wasResolved, ...resolved, resolution: this.draft.resolution ?? wasResolved?.resolution }
        : resolved,
      failure: undefined,
    });
    const { draft, folder } = this;
    this.checks.request(
      (token) => this.services.runtime.request('train/check', { config: draft, folder, estimate: true }, token),
      (answer) => {
        this.setCheck({ resolved, ...checkStateOf(answer, draft, folder) });
        this.syncDatasets();
      },
      (error) => {
        this.services.log.error(error instanceof Error ? error : words(error));
        this.setCheck({ ...this.check, pending: false, problems: [], failure: words(error) });
      },
    );
  }

  private setCheck(check: CheckState): void {
    this.check = check;
    this.panel.post({ type: 'update', change: { check } });
  }

  private readModel(): void {
    const base = absoluteBase(this.draft, this.folder);
    if (!workspace.isTrusted || (base === this.readBase && this.model.status !== 'failed')) return;
    this.readBase = base;
    this.setModel({ status: 'reading' });
    const { runtime } = this.services;
    this.models.request(
      (token) =>
        Promise.all([
          runtime.request('model/summary', { base }, token),
          runtime.request('model/layers', { base }, token),
        ]),
      ([{ name, family, resolution }, layers]) =>
        this.setModel({ status: 'ready', title: [name, family, `${resolution} px`].join(', '), layers }),
      (error) => this.setModel({ status: 'failed', problem: words(error) }),
    );
  }

  private setModel(model: ModelState): void {
    this.model = model;
    this.panel.post({ type: 'update', change: { model } });
  }
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

function words(error: unknown): string {
  if (error instanceof ProductError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
