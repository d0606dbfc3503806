import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Disposable, l10n, Uri, ViewColumn, window, workspace, type WebviewPanel } from 'vscode';
import {
  runToHost,
  runViewState,
  type OtherRun,
  type RunFromHost,
  type RunLogLine,
  type RunToHost,
  type RunView,
} from '../common/webview/run';
import { packSteps } from '../common/webview/runSteps';
import { runStrings } from '../common/webview/runStrings';
import type { Services } from '../services';
import type { RunEntry } from '../views/runEntry';
import { sharedRuns } from '../views/sharedRuns';
import { panelIcon } from './panelIcon';
import { RunActions } from './runActions';
import { readRunDetails, type RunDetails } from './runDetails';
import { readCourse, RunChanges, type RunCourse } from './runFeed';
import { runLogLines } from './runLogLines';
import { registerRunNotices } from './runNotices';
import { otherRuns, overlayView } from './runOverlay';
import { sampleViews } from './runPictures';
import { runViewOf } from './runViewOf';
import { registerSilenceNotices } from './silenceNotices';
import { localise, WebviewConnection } from './webviewConnection';

const VIEW_TYPE = 'customDiffusion.run';

/** What happens in this time goes to the page in one message. */
const PAUSE_MS = 250;
/** A run of another program tells nothing by itself: its files are read again after this time. */
const ELSEWHERE_MS = 2000;

const panels = new WeakMap<Services, Map<string, RunPanel>>();

/** The run panels, their return after a reload, and the notices about runs that nobody watches. */
export function registerRunPanel(services: Services): Disposable {
  return Disposable.from(
    services.provided.serializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const { data } = runViewState.safeParse(state);
        if (data && isRunFolder(data.run)) attach(services, panel, data.run);
        else panel.dispose();
      },
    }),
    registerSilenceNotices(services),
    registerRunNotices(services, (folder) => openPanels(services).get(folder)?.isVisible ?? false),
  );
}

/** Opens the panel of a run folder or brings it to the front; another run may be laid over it. */
export function showRun(services: Services, folder: string, overlay?: string): void {
  const known = openPanels(services).get(folder);
  const panel = known ?? attach(services, createPanel(folder), folder);
  if (overlay !== undefined) panel.compareWith(overlay);
  if (known) known.reveal();
}

function createPanel(folder: string): WebviewPanel {
  return window.createWebviewPanel(VIEW_TYPE, basename(folder), ViewColumn.Active);
}

function isRunFolder(folder: string): boolean {
  return ['config.json', 'manifest.json'].some((name) => existsSync(join(folder, name)));
}

function openPanels(services: Services): Map<string, RunPanel> {
  const known = panels.get(services) ?? new Map<string, RunPanel>();
  panels.set(services, known);
  return known;
}

function attach(services: Services, panel: WebviewPanel, folder: string): RunPanel {
  const run = new RunPanel(services, panel, folder);
  openPanels(services).set(folder, run);
  panel.onDidDispose(() => {
    run.dispose();
    if (openPanels(services).get(folder) === run) openPanels(services).delete(folder);
  });
  return run;
}

/** The panel of one run. */
class RunPanel {
  private readonly connection: WebviewConnection<RunFromHost, RunToHost>;
  private readonly subscriptions: Disposable;
  private readonly changes = new RunChanges();
  private readonly actions: RunActions;
  private details: RunDetails = { warnings: [] };
  /** The course as it was when the panel was made, which is read while the page loads. */
  private early: { course: Promise<RunCourse>; until: number } | undefined;
  private course: RunCourse = { steps: [], grids: [], checkpoints: [], warnings: [] };
  private overlay: string | undefined;
  private sent: { log: RunLogLine[]; others: OtherRun[] } = { log: [], others: [] };
  private wasElsewhere = false;
  private timer: NodeJS.Timeout | undefined;
  /** The page has got everything and waits for what changes. */
  private isFed = false;

  constructor(
    private readonly services: Services,
    private readonly panel: WebviewPanel,
    private readonly folder: string,
  ) {
    const { context, training, log } = services;
    const { extensionUri } = context;
    panel.iconPath = panelIcon(extensionUri, 'run');
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(extensionUri, 'dist'), Uri.file(join(folder, 'samples'))],
    };
    this.actions = new RunActions(services, folder, {
      course: () => this.course,
      concepts: () => this.entry?.concepts ?? [],
      compareWith: (run) => this.compareWith(run),
    });
    this.connection = new WebviewConnection<RunFromHost, RunToHost>(panel.webview, {
      extensionUri,
      entry: 'run',
      title: panel.title,
      messages: runToHost,
      onReady: () => this.start(),
      onMessage: (message) => this.actions.handle(message),
      onError: (error) => services.showError(error),
      log,
    });
    this.subscriptions = Disposable.from(
      this.connection,
      training.onUpdate(({ run, update }) => {
        if (run.folder !== folder) return;
        this.changes.add(update);
        this.flushSoon();
      }),
      sharedRuns(services).onDidChange(() => this.listChanged()),
      workspace.onDidGrantWorkspaceTrust(() => this.listChanged()),
      panel.onDidChangeViewState(() => this.visibilityChanged()),
    );
    sharedRuns(services).lookedAt(folder);
    this.early = { course: readCourse(folder, training), until: Date.now() + ELSEWHERE_MS };
    // Who waits for it hears of it.
    this.early.course.catch(() => undefined);
  }

  get isVisible(): boolean {
    return this.panel.visible;
  }

  reveal(): void {
    this.panel.reveal();
    sharedRuns(this.services).lookedAt(this.folder);
  }

  /** Lays another run over this one; undefined takes it away. */
  compareWith(run: string | undefined): void {
    this.overlay = run;
    void this.sendOverlay().catch((error: unknown) => this.services.showError(error));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscriptions.dispose();
  }

  private get entry(): RunEntry | undefined {
    return sharedRuns(this.services).find(this.folder);
  }

  private start(): void {
    this.sendAll().catch((error: unknown) => this.services.showError(error));
  }

  private async sendAll(): Promise<void> {
    this.isFed = false;
    if (!this.entry) await this.services.runs.refresh();
    const [details, overlay, course] = await Promise.all([
      readRunDetails(this.folder),
      overlayView(this.services, this.overlay),
      this.readCourse(),
    ]);
    this.course = this.services.training.find(this.folder) ?? course;
    this.details = details;
    const run = this.entry;
    // Deleted, or moved away while its panel was closed.
    if (!run) return this.panel.dispose();
    // From here to the message nothing may wait: a step that came in between would be lost.
    this.wasElsewhere = run.state === 'elsewhere';
    this.changes.take();
    this.sent = this.lists();
    this.connection.post({
      type: 'state',
      strings: localise(runStrings),
      run: this.view(run),
      log: this.sent.log,
      others: this.sent.others,
      samples: sampleViews(this.course.grids, this.panel.webview),
      steps: packSteps(this.course.steps, run.concepts.length),
      overlay,
    });
    this.isFed = true;
  }

  private readCourse(): Promise<RunCourse> {
    const { early } = this;
    this.early = undefined;
    return early && Date.now() < early.until ? early.course : readCourse(this.folder, this.services.training);
  }

  private flushSoon(ms = PAUSE_MS): void {
    if (!this.isFed) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, ms);
  }

  private flush(): void {
    const run = this.entry;
    if (!this.isFed || !run) return;
    // Its files are all there is to read of a run of another program, once more after its end.
    if (run.state === 'elsewhere' || this.wasElsewhere) return this.start();
    this.course = this.services.training.find(this.folder) ?? this.course;
    const { steps, hasOther } = this.changes.take();
    const { log, others } = this.sent;
    this.sent = this.lists();
    this.connection.post({
      type: 'update',
      run: this.view(run),
      ...(!isDeepStrictEqual(log, this.sent.log) && { log: this.sent.log }),
      ...(!isDeepStrictEqual(others, this.sent.others) && { others: this.sent.others }),
      ...(steps.length > 0 && { steps: packSteps(steps, run.concepts.length) }),
      ...(hasOther && { samples: sampleViews(this.course.grids, this.panel.webview) }),
    });
  }

  private view(run: RunEntry): RunView {
    const controls = sharedRuns(this.services).controls(run);
    return runViewOf(run, controls, this.details, this.course.steps.at(-1)?.rssBytes);
  }

  /** What is sent again only when it changed. */
  private lists(): { log: RunLogLine[]; others: OtherRun[] } {
    const log = runLogLines(this.course, this.details.warnings, {
      checkpoint: (step) => l10n.t('Checkpoint at step {0}', step),
      samples: (step) => l10n.t('Samples at step {0}', step),
      notFinite: (step) => l10n.t('Step {0}: the loss or gradient was not finite; nothing was changed', step),
    });
    return { log, others: otherRuns(this.services, this.folder) };
  }

  private listChanged(): void {
    const run = this.entry;
    if (!run) {
      // Gone for good, not just not looked at yet.
      if (this.isFed && !isRunFolder(this.folder)) this.panel.dispose();
      return;
    }
    this.flushSoon(run.state === 'elsewhere' ? ELSEWHERE_MS : PAUSE_MS);
    if (this.details.trainedParameters === undefined)
      void readRunDetails(this.folder).then((details) => (this.details = details));
  }

  private async sendOverlay(): Promise<void> {
    const wanted = this.overlay;
    const overlay = await overlayView(this.services, wanted);
    if (this.isFed && wanted === this.overlay) this.connection.post({ type: 'update', overlay });
  }

  private visibilityChanged(): void {
    if (this.panel.visible) return sharedRuns(this.services).lookedAt(this.folder);
    this.isFed = false;
    this.connection.hidden();
  }
}
