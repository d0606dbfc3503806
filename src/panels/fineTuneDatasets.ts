import {
  CancellationTokenSource,
  l10n,
  RelativePattern,
  Uri,
  workspace,
  type CancellationToken,
  type Disposable,
} from 'vscode';
import { ProductError } from '../common/errors';
import type { DatasetScan } from '../common/protocol/dataset';
import type { RequestParams } from '../common/protocol/runtimeProtocol';
import type { DatasetState, ViewData } from '../common/webview/fineTune';
import type { Services } from '../services';
import { LatestOnly } from './fineTuneLatest';

/** How one concept's folder is read. */
export type ScanParams = Omit<RequestParams<'dataset/scan'>, 'cacheFolder'>;

/** What training needs to know to draw views of a picture. */
export type ViewParams = Pick<
  RequestParams<'dataset/augment'>,
  'base' | 'resolution' | 'seed' | 'first' | 'enabled' | 'flip'
> & { excluded: readonly string[] };

/** What the datasets of a form are told by it. */
export interface DatasetsOptions {
  services: Services;
  cacheFolder: string;
  /** The address under which the page may load a file of the cache folder. */
  addressOf: (path: string) => string;
  onChange: (concept: number) => void;
  /** A folder changed on disk. */
  onFilesChanged: () => void;
}

interface Entry {
  params: ScanParams;
  state: DatasetState;
  scan?: DatasetScan;
  latest: LatestOnly<CancellationToken>;
  watcher?: Disposable;
}

const viewsAtOnce = 6;
const settleMs = 400;
const nothing: DatasetState = { status: 'reading', pictures: [], skipped: [], warnings: [] };

/** Reads the concept folders of one form, and again when they or the way they are read change. */
export class FineTuneDatasets implements Disposable {
  private entries: Entry[] = [];

  constructor(private readonly options: DatasetsOptions) {}

  /** One for each concept. */
  get states(): DatasetState[] {
    return this.entries.map(({ state }) => state);
  }

  /** Reads what is new or is to be read in another way; nothing happens to the rest. */
  sync(wanted: readonly ScanParams[]): void {
    const before = [...this.entries];
    this.entries = wanted.map((params) => {
      const known = before.findIndex((entry) => entry.params.folder === params.folder);
      return known < 0 ? this.createEntry(params) : before.splice(known, 1)[0]!;
    });
    before.forEach(disposeEntry);
    this.entries.forEach((entry, i) => {
      const isNew = entry.state === nothing;
      if (!isNew && JSON.stringify(entry.params) === JSON.stringify(wanted[i])) return;
      entry.params = wanted[i]!;
      this.read(entry, isNew ? 0 : settleMs);
    });
  }

  /** Reads a folder again. */
  rescan(concept: number, delayMs = 0): void {
    const entry = this.entries[concept];
    if (entry) this.read(entry, delayMs);
  }

  /** The path of a picture that the page names. @throws ProductError for anything else than a picture of the folder. */
  pathOf(concept: number, file: string): string {
    const picture = this.entries[concept]?.scan?.pictures.find((p) => p.file === file);
    if (picture) return picture.path;
    throw new ProductError(
      'not-found',
      file,
      l10n.t('the picture is not in the folder any more'),
      l10n.t('Read the folder again'),
    );
  }

  /** Writes a caption beside its picture. */
  async writeCaption(concept: number, file: string, caption: string): Promise<void> {
    const picture = this.pathOf(concept, file);
    await this.options.services.runtime.request('dataset/writeCaption', { picture, caption });
    this.rescan(concept);
  }

  /** The next views of a picture as training draws them. */
  async views(concept: number, file: string, { excluded, ...params }: ViewParams): Promise<ViewData[]> {
    const picture = this.pathOf(concept, file);
    const { services, cacheFolder, addressOf } = this.options;
    // Training counts the pictures it uses, so the same draws are shown.
    const used = this.entries[concept]!.scan!.pictures.filter((p) => p.file === file || !excluded.includes(p.file));
    const pictureIndex = used.findIndex((p) => p.file === file);
    const request = { ...params, picture, cacheFolder, concept, pictureIndex, count: viewsAtOnce };
    const views = await services.runtime.request('dataset/augment', request);
    return views.map((view) => ({ ...view, picture: addressOf(view.picture) }));
  }

  dispose(): void {
    this.entries.forEach(disposeEntry);
    this.entries = [];
  }

  private createEntry(params: ScanParams): Entry {
    const latest = new LatestOnly<CancellationToken>(settleMs, () => new CancellationTokenSource());
    const entry: Entry = { params, state: nothing, latest };
    if (params.folder) entry.watcher = this.watch(entry);
    return entry;
  }

  private watch(entry: Entry): Disposable {
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(entry.params.folder), '*'));
    const changed = () => {
      this.read(entry, settleMs);
      this.options.onFilesChanged();
    };
    watcher.onDidCreate(changed);
    watcher.onDidChange(changed);
    watcher.onDidDelete(changed);
    return watcher;
  }

  private read(entry: Entry, delayMs: number): void {
    const { services, cacheFolder } = this.options;
    this.change(entry, { ...entry.state, status: 'reading' });
    entry.latest.request(
      (token) => services.runtime.request('dataset/scan', { ...entry.params, cacheFolder }, token),
      (scan) => {
        entry.scan = scan;
        this.change(entry, this.stateOf(scan));
      },
      (error) => {
        services.log.error(error instanceof Error ? error : String(error));
        const problem = error instanceof Error ? error.message : String(error);
        this.change(entry, { ...nothing, status: 'failed', problem });
      },
      delayMs,
    );
  }

  private stateOf({ pictures, skipped, warnings }: DatasetScan): DatasetState {
    const cards = pictures.map(({ path: _path, thumbnail, ...picture }) => ({
      ...picture,
      thumbnail: this.options.addressOf(thumbnail),
    }));
    return { status: 'ready', pictures: cards, skipped, warnings };
  }

  private change(entry: Entry, state: DatasetState): void {
    entry.state = state;
    const concept = this.entries.indexOf(entry);
    if (concept >= 0) this.options.onChange(concept);
  }
}

function disposeEntry({ latest, watcher }: Entry): void {
  latest.cancel();
  watcher?.dispose();
}
