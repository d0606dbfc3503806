import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Disposable, l10n, Uri, ViewColumn, window, workspace, type WebviewPanel } from 'vscode';
import { pocketBase } from '../common/config/configLimits';
import {
  fineTuneToHost,
  fineTuneViewState,
  type FineTuneFromHost,
  type FineTuneToHost,
} from '../common/webview/fineTune';
import { fineTuneStrings } from '../common/webview/fineTuneStrings';
import type { FineTuneDraft } from '../common/webview/fineTuneDraft';
import { computingSettings } from '../computing';
import { CONFIGURATION_SECTION, readConfiguration } from '../configuration';
import type { Services } from '../services';
import { newDraft } from './fineTuneNewDraft';
import { conceptFolders } from './fineTunePaths';
import { FineTuneSession, type FineTuneSubject } from './fineTuneSession';
import { panelIcon } from './panelIcon';
import { localise, WebviewConnection } from './webviewConnection';

const viewType = 'customDiffusion.fineTune';

/** What a form is opened with: folders of pictures, or a configuration whose relative paths start at `folder`. */
export type FineTuneRequest =
  /** `base` is the model to start from, in place of the one of the settings. */
  | { folders: readonly string[]; base?: string }
  /** `source` is the address of the document it came from, if there is one. */
  | { config: FineTuneDraft; folder: string; source?: string };

/** Lets forms come back after a reload, and keeps them in step with settings and trust. */
export function registerFineTunePanel(services: Services): Disposable {
  const forms = formsOf(services);
  return Disposable.from(
    services.provided.serializer(viewType, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const saved = fineTuneViewState.safeParse(state);
        // Written by another version, or by a page that never showed anything.
        if (saved.success) forms.adopt(panel, saved.data);
        else panel.dispose();
      },
    }),
    workspace.onDidGrantWorkspaceTrust(() => forms.refresh()),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${CONFIGURATION_SECTION}.models`)) forms.refresh();
    }),
    forms,
  );
}

/** Opens the form for some folders or a configuration, or shows it if it is open already. Nothing happens without trust. */
export function openFineTune(services: Services, request: FineTuneRequest): void {
  if (services.requireTrust())
    formsOf(services).open(subjectOf(services, request), 'config' in request || request.base !== undefined);
}

/** The forms of one window. */
class Forms extends Disposable {
  private readonly sessions = new Map<WebviewPanel, FineTuneSession>();

  constructor(private readonly services: Services) {
    super(() => [...this.sessions.keys()].forEach((panel) => panel.dispose()));
  }

  /** One panel for each set of folders; `replace` gives a form that is open already the new configuration. */
  open(subject: FineTuneSubject, replace: boolean): void {
    const key = keyOf(conceptFolders(subject.config, subject.folder));
    for (const [panel, session] of this.sessions)
      if (keyOf(session.folders) === key) {
        if (replace) session.replace(subject);
        return panel.reveal();
      }
    this.adopt(window.createWebviewPanel(viewType, l10n.t('Fine-tune'), ViewColumn.Active), subject);
  }

  /** Shows a form in a panel. */
  adopt(panel: WebviewPanel, subject: FineTuneSubject): void {
    const { context, folders, log } = this.services;
    const cacheFolder = join(
      folders.cache(),
      'fineTune',
      keyOf(conceptFolders(subject.config, subject.folder)).slice(0, 16),
    );
    panel.iconPath = panelIcon(context.extensionUri, 'fineTune');
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(context.extensionUri, 'dist'), Uri.file(cacheFolder)],
    };
    const connection = new WebviewConnection<FineTuneFromHost, FineTuneToHost>(panel.webview, {
      extensionUri: context.extensionUri,
      entry: 'fineTune',
      title: l10n.t('Fine-tune'),
      messages: fineTuneToHost,
      onReady: () => connection.post({ type: 'state', strings: localise(fineTuneStrings), state: session.state }),
      onMessage: async (message) => {
        await session.receive(message);
        panel.title = titleOf(session);
      },
      onError: (error) => this.services.showError(error),
      log,
    });
    const addressOf = (path: string) => panel.webview.asWebviewUri(Uri.file(path)).toString();
    const post = (message: FineTuneFromHost) => connection.post(message);
    const session = new FineTuneSession(this.services, { cacheFolder, addressOf, post }, subject);
    panel.title = titleOf(session);
    this.sessions.set(panel, session);
    panel.onDidChangeViewState(() => panel.visible || connection.hidden());
    panel.onDidDispose(() => {
      this.sessions.delete(panel);
      session.dispose();
      connection.dispose();
    });
  }

  /** Settings or trust changed. */
  refresh(): void {
    for (const session of this.sessions.values()) session.refresh();
  }
}

const known = new WeakMap<Services, Forms>();

function formsOf(services: Services): Forms {
  const forms = known.get(services) ?? new Forms(services);
  known.set(services, forms);
  return forms;
}

function titleOf(session: FineTuneSession): string {
  const { nouns } = session;
  return nouns.length > 0 ? l10n.t('Fine-tune {0}', nouns.join(', ')) : l10n.t('Fine-tune');
}

/** Names a set of folders, whatever their order. */
function keyOf(folders: readonly string[]): string {
  return createHash('sha256')
    .update([...folders].sort().join('\0'))
    .digest('hex');
}

function subjectOf(services: Services, request: FineTuneRequest): FineTuneSubject {
  if ('config' in request) return { ...request, config: { ...request.config } };
  const [first = ''] = request.folders;
  const folder = workspace.getWorkspaceFolder(Uri.file(first))?.uri.fsPath ?? dirname(first);
  const mode = readConfiguration('training.mode');
  const output = services.folders.runs();
  const config = newDraft(request.folders, folder, {
    base: request.base ?? (readConfiguration('models.defaultBase') || pocketBase),
    ...(mode === 'auto' ? {} : { mode }),
    sampleEvery: readConfiguration('training.sampleEvery'),
    threads: readConfiguration('runtime.threads'),
    computing: computingSettings(),
    ...(output === undefined ? {} : { output }),
  });
  return { config: { ...config }, folder };
}
