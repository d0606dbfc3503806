import { commands, Disposable, l10n, Uri, window, workspace, type WebviewView, type WebviewViewProvider } from 'vscode';
import { promptToHost, type PromptFromHost, type PromptToHost } from '../common/webview/prompt';
import type { PromptForm } from '../common/webview/promptForm';
import { removeFromHistory } from '../common/webview/promptHistory';
import { promptStrings } from '../common/webview/promptStrings';
import { localise, WebviewConnection } from '../panels/webviewConnection';
import { sharedPictures } from '../pictures/sharedPictures';
import type { Services } from '../services';
import { promptJob } from './promptJob';
import { promptSession, type PromptPart } from './promptSession';

/** The view's id in the manifest. */
export const PROMPT_VIEW = 'customDiffusion.prompt';

/** The prompt side panel. */
export function registerPromptView(services: Services): Disposable {
  return services.provided.webviewView(PROMPT_VIEW, {
    resolveWebviewView: (view) => new PromptView(view, services).attach(),
  } satisfies WebviewViewProvider);
}

/** Updates of a job reach the page at most this often. */
const JOB_PAUSE_MS = 200;

/** One life of the view; hidden, it is taken down by the editor, and made anew when it is shown. */
class PromptView {
  private readonly connection: WebviewConnection<PromptFromHost, PromptToHost>;
  private jobTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly view: WebviewView,
    private readonly services: Services,
  ) {
    const { extensionUri } = services.context;
    view.webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(extensionUri, 'dist'), Uri.file(services.folders.pictures())],
    };
    this.connection = new WebviewConnection<PromptFromHost, PromptToHost>(view.webview, {
      extensionUri,
      entry: 'prompt',
      title: l10n.t('Prompt'),
      messages: promptToHost,
      onReady: () => this.sendAll(),
      onMessage: (message) => this.handle(message),
      onError: (error) => services.showError(error),
      log: services.log,
    });
  }

  private get session() {
    return promptSession(this.services);
  }

  private get pictures() {
    return sharedPictures(this.services);
  }

  attach(): void {
    const { services, session, pictures } = this;
    const subscriptions = Disposable.from(
      this.connection,
      session.onDidChange(({ part, change }) => this.send(part, change)),
      pictures.maker.onDidChange(() => this.sendJobSoon()),
      services.jobs.onDidChange(() => {
        this.sendJobSoon();
        this.sendBusy();
      }),
      workspace.onDidGrantWorkspaceTrust(() => this.sendAll()),
      this.view.onDidChangeVisibility(() => !this.view.visible && this.connection.hidden()),
    );
    this.view.onDidDispose(() => {
      clearTimeout(this.jobTimer);
      subscriptions.dispose();
    });
  }

  private sendAll(): void {
    this.connection.post({ type: 'setup', strings: localise(promptStrings), trusted: workspace.isTrusted });
    for (const part of ['models', 'facts', 'form', 'analysis', 'history'] as const) this.send(part);
    this.sendJob();
    this.sendBusy();
    this.send('focus');
    this.session.open().catch((error: unknown) => this.services.showError(error));
  }

  private send(part: PromptPart, change?: Partial<PromptForm>): void {
    const { session } = this;
    const { facts, factsProblem } = session;
    switch (part) {
      case 'models':
        return this.connection.post({ type: 'models', models: session.models });
      case 'facts':
        return this.connection.post({
          type: 'facts',
          ...(facts ? { facts } : {}),
          ...(factsProblem ? { problem: factsProblem } : {}),
        });
      case 'form':
        return this.connection.post({ type: 'form', form: change ?? session.form });
      case 'analysis':
        return this.connection.post({ type: 'analysis', ...session.reading });
      case 'history':
        return this.connection.post({ type: 'history', history: session.history });
      case 'focus':
        if (!session.wantsFocus || !this.connection.isReady) return;
        session.wantsFocus = false;
        return this.connection.post({ type: 'focus' });
    }
  }

  private async handle(message: PromptToHost): Promise<void> {
    const { session } = this;
    switch (message.type) {
      case 'form':
        return session.edited(message.form);
      case 'generate':
      case 'compare':
        session.edited(message.form);
        if (this.services.requireTrust()) await session[message.type]();
        return;
      case 'stop':
        return this.pictures.maker.stop();
      case 'chooseFile':
        return this.chooseFile();
      case 'useHistory': {
        const entry = session.history.find(({ id }) => id === message.id);
        if (entry) session.change(entry.form);
        return;
      }
      case 'removeHistory':
        return session.setHistory(removeFromHistory(session.history, message.id));
      case 'clearHistory':
        return session.setHistory([]);
      case 'showPicture':
        await commands.executeCommand('customDiffusion.openPictures', { group: message.group, file: message.file });
        return;
      case 'openPictures':
        await commands.executeCommand('customDiffusion.openPictures');
        return;
      case 'manageTrust':
        await commands.executeCommand('workbench.trust.manage');
    }
  }

  private async chooseFile(): Promise<void> {
    // The page shows the choice again that was there before, whatever becomes of this one.
    this.send('form');
    if (!this.services.requireTrust()) return;
    const chosen = await window.showOpenDialog({
      title: l10n.t('Fine-tune or Base Model'),
      openLabel: l10n.t('Choose'),
      filters: { [l10n.t('Model files')]: ['safetensors', 'bin', 'ckpt', 'pt', 'pth'], [l10n.t('All files')]: ['*'] },
    });
    if (chosen?.[0]) await this.session.choose({ delta: chosen[0].fsPath });
  }

  /** Gathers what comes in quick succession. */
  private sendJobSoon(): void {
    this.jobTimer ??= setTimeout(() => {
      this.jobTimer = undefined;
      this.sendJob();
    }, JOB_PAUSE_MS);
  }

  private sendJob(): void {
    const { maker, store } = this.pictures;
    const { job } = maker;
    if (!job) return this.connection.post({ type: 'job' });
    const waits = job.run.state === 'waiting';
    this.connection.post({
      type: 'job',
      job: promptJob(job, {
        group: store.group(job.group),
        waitingFor: waits ? this.services.jobs.running?.title : undefined,
        srcOf: ({ folder }, file) => this.view.webview.asWebviewUri(Uri.joinPath(Uri.file(folder), file)).toString(),
        phaseOf,
      }),
    });
  }

  private sendBusy(): void {
    const { running } = this.services.jobs;
    const isOther = running && running.id !== this.pictures.maker.job?.run.job;
    this.connection.post({ type: 'busy', ...(isOther ? { with: running.title } : {}) });
  }
}

/** The runtime's phases; rows of a comparison are phases of their own. */
function phaseOf(phase: string): string {
  if (phase === 'opening the model') return l10n.t('opening the model');
  return phase === 'drawing' ? '' : phase;
}
