import { join } from 'node:path';
import { commands, Disposable, env, l10n, Uri, ViewColumn, window, workspace, type WebviewPanel } from 'vscode';
import { galleryToHost, type GalleryFromHost, type GalleryToHost } from '../common/webview/gallery';
import { galleryStrings } from '../common/webview/galleryStrings';
import type { PictureGroup } from '../pictures/pictureGroup';
import type { GroupChange } from '../pictures/pictureStore';
import { sharedPictures, thumbnailFolder } from '../pictures/sharedPictures';
import type { Services } from '../services';
import { GridActions } from './gridActions';
import { galleryGroup } from './gridGroups';
import { panelIcon } from './panelIcon';
import { localise, WebviewConnection } from './webviewConnection';

const VIEW_TYPE = 'customDiffusion.grid';

/** A picture, or a group, to be brought into view. */
export interface GridTarget {
  group: string;
  file?: string;
}

/** Changes of a group reach the page at most this often. */
const PAUSE_MS = 200;

const panels = new WeakMap<Services, GridPanel>();

/** The grid panel and its return after a reload; says whether there are pictures at all. */
export function registerGridPanel(services: Services): Disposable {
  const { store } = sharedPictures(services);
  const tell = (has: boolean) => commands.executeCommand('setContext', 'customDiffusion.hasPictures', has);
  void store.hasAny().then(tell);
  return Disposable.from(
    store.onDidChange(() => void store.all().then((groups) => tell(groups.length > 0))),
    services.provided.serializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel) => {
        attach(panel, services);
      },
    }),
  );
}

/** Opens the panel or brings it to the front. */
export function showGrid(services: Services, target?: GridTarget): void {
  const known = panels.get(services);
  if (known) known.reveal(target);
  else {
    const panel = window.createWebviewPanel(VIEW_TYPE, l10n.t('Pictures'), ViewColumn.Active);
    attach(panel, services).reveal(target);
  }
}

function attach(panel: WebviewPanel, services: Services): GridPanel {
  const grid = new GridPanel(panel, services);
  panels.set(services, grid);
  panel.onDidDispose(() => {
    grid.dispose();
    if (panels.get(services) === grid) panels.delete(services);
  });
  return grid;
}

/** The panel with every generated picture. */
class GridPanel {
  private readonly connection: WebviewConnection<GalleryFromHost, GalleryToHost>;
  private readonly subscriptions: Disposable;
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private target: GridTarget | undefined;
  private isReady = false;

  constructor(
    private readonly panel: WebviewPanel,
    private readonly services: Services,
  ) {
    const { extensionUri } = services.context;
    panel.iconPath = panelIcon(extensionUri, 'pictures');
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [
        Uri.joinPath(extensionUri, 'dist'),
        Uri.file(services.folders.pictures()),
        Uri.file(thumbnailFolder(services)),
      ],
    };
    const actions = new GridActions(services);
    this.connection = new WebviewConnection<GalleryFromHost, GalleryToHost>(panel.webview, {
      extensionUri,
      entry: 'gallery',
      title: l10n.t('Pictures'),
      messages: galleryToHost,
      onReady: () => void this.sendAll().catch((error: unknown) => services.showError(error)),
      onMessage: (message) => (message.type === 'thumbnails' ? this.sendThumbnails(message) : actions.handle(message)),
      onError: (error) => services.showError(error),
      log: services.log,
    });
    this.subscriptions = Disposable.from(
      this.connection,
      this.store.onDidChange((change) => this.noted(change)),
      workspace.onDidGrantWorkspaceTrust(() => this.sendSetup()),
      panel.onDidChangeViewState(() => {
        if (panel.visible) return;
        this.isReady = false;
        this.connection.hidden();
      }),
    );
  }

  private get store() {
    return sharedPictures(this.services).store;
  }

  /** Brings the panel to the front, and a picture into view. */
  reveal(target: GridTarget | undefined): void {
    this.target = target;
    this.panel.reveal();
    if (this.isReady) this.sendTarget();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscriptions.dispose();
  }

  private async sendAll(): Promise<void> {
    this.sendSetup();
    const groups = await this.store.all();
    this.connection.post({ type: 'groups', groups: groups.map((group) => this.shown(group)) });
    this.isReady = true;
    this.sendTarget();
  }

  private sendSetup(): void {
    this.connection.post({ type: 'setup', strings: localise(galleryStrings), trusted: workspace.isTrusted });
  }

  private sendTarget(): void {
    if (!this.target) return;
    this.flush();
    this.connection.post({ type: 'show', ...this.target });
    this.target = undefined;
  }

  private noted({ id, group }: GroupChange): void {
    if (id === undefined) {
      void this.sendAll().catch((error: unknown) => this.services.showError(error));
      return;
    }
    if (!group) {
      this.changed.delete(id);
      this.connection.post({ type: 'groupGone', id });
      return;
    }
    this.changed.add(id);
    this.timer ??= setTimeout(() => this.flush(), PAUSE_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const id of this.changed) {
      const group = this.store.group(id);
      if (group) this.connection.post({ type: 'group', group: this.shown(group) });
    }
    this.changed.clear();
  }

  /** The small copies of pictures that come into view; where there are none, the pictures themselves. */
  private async sendThumbnails({ pictures }: Extract<GalleryToHost, { type: 'thumbnails' }>): Promise<void> {
    const sources = new Map<string, string>();
    for (const { group: id, file } of pictures) {
      const group = this.store.group(id);
      if (!group?.pictures.some((picture) => picture.file === file)) continue;
      sources.set(join(group.folder, file), this.srcOf(group, file));
    }
    await sharedPictures(this.services).thumbnails.tell([...sources.keys()], (found) => {
      const entries = [...found].map(([path, thumbnail]) => {
        const src = sources.get(path)!;
        return [src, thumbnail === path ? src : this.addressOf(Uri.file(thumbnail))] as const;
      });
      this.connection.post({ type: 'thumbnails', found: Object.fromEntries(entries) });
    });
  }

  private srcOf({ folder }: PictureGroup, file: string): string {
    const uri = Uri.joinPath(Uri.file(folder), file);
    const revision = this.store.revision(join(folder, file));
    // A replaced picture needs another address, or the page would keep showing the old one.
    return this.addressOf(revision ? uri.with({ query: `revision=${revision}` }) : uri);
  }

  private addressOf(uri: Uri): string {
    return this.panel.webview.asWebviewUri(uri).toString();
  }

  private shown(group: PictureGroup) {
    const file = ({ folder }: PictureGroup, name: string) => Uri.joinPath(Uri.file(folder), name);
    return galleryGroup(group, {
      srcOf: (owner, name) => this.srcOf(owner, name),
      uriOf: (owner, name) => file(owner, name).toString(),
      timeOf: (iso) => new Date(iso).toLocaleString(env.language),
      pocket: l10n.t('Pocket model'),
    });
  }
}
