import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { inject } from 'vitest';
import type { ProcessInfo } from './processTree';
import { applyTheme, type Theme } from './themes';
import { waitForSavedEditor } from './savedState';
import { findWebview, findWebviewShowing, webviewTitles } from './webviews';
import { WorkbenchServer } from './workbenchServer';

const browserArguments = ['--disable-quic', '--no-first-run', '--disable-background-networking'];
const containerArguments = ['--no-sandbox', '--disable-gpu', '--disable-component-update', '--disable-sync'];

/** How long anything may take before a test gives up: a busy machine needs a minute to load the workbench. */
const patience = 120_000;

/** What a test wants to differ from an ordinary window: trusted, with our extension, on an empty folder. */
export interface WorkbenchOptions {
  /** Copied into the workspace folder before the window opens: name in the workspace → file or folder to copy. */
  workspace?: Record<string, string>;
  /** User settings to start with. */
  settings?: Record<string, unknown>;
  /** Packages to install; ours when not given. */
  extensions?: string[];
  /** Leave workspace trust on, as users have it. */
  askForTrust?: boolean;
  /** Environment variables for the server, the extension host and what they start. */
  environment?: Record<string, string>;
  width?: number;
  height?: number;
}

/** A real VS Code window on a server and folders of its own, driven through a browser. */
export class Workbench {
  private constructor(
    readonly server: WorkbenchServer,
    readonly workspace: string,
    private readonly browser: Browser,
    readonly page: Page,
    private readonly root: string,
  ) {}

  /** Installs the packaged extension into a fresh server and opens a window on a fresh workspace folder. */
  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const { layout, vsix } = inject('workbench');
    if (!layout) throw new Error('the workbench is not available on this machine');
    const root = await mkdtemp(join(tmpdir(), 'custom-diffusion-e2e-'));
    const workspace = join(root, 'workspace');
    await mkdir(workspace);
    for (const [name, source] of Object.entries(options.workspace ?? {})) {
      await cp(source, join(workspace, name), { recursive: true });
    }
    const server = await WorkbenchServer.create(layout, root, options.environment);
    let browser: Browser | undefined;
    try {
      await server.changeSettings({ ...quietSettings, ...options.settings });
      for (const extension of options.extensions ?? [vsix]) await server.installExtension(extension);
      await server.start(options.askForTrust ? 'ask' : 'all');
      browser = await chromium.launch({
        executablePath: layout.chromium,
        args: [...browserArguments, ...containerArguments],
      });
      const viewport = { width: options.width ?? 1400, height: options.height ?? 900 };
      const context = await browser.newContext({ viewport, acceptDownloads: true, locale: 'en-US' });
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
      context.setDefaultTimeout(patience);
      context.setDefaultNavigationTimeout(patience);
      const workbench = new Workbench(server, workspace, browser, await context.newPage(), root);
      await workbench.openFolder(workspace);
      return workbench;
    } catch (error) {
      await browser?.close();
      await server.stop();
      throw error;
    }
  }

  /** Shows a folder in this window, replacing what it shows. */
  async openFolder(folder: string): Promise<void> {
    await this.page.goto(`${this.server.url}/?folder=${encodeURIComponent(folder)}`, { waitUntil: 'commit' });
    await this.ready();
  }

  /**
   * Reloads the window, as *Developer: Reload Window* does. A window in a browser writes down which editors are open only every few
   * seconds and loses what it has not written, so this first waits until it has written `editor`.
   */
  async reload(editor?: string): Promise<void> {
    if (editor !== undefined) await waitForSavedEditor(this.page, editor, patience);
    await this.page.reload({ waitUntil: 'commit' });
    await this.ready();
  }

  /** Menus and commands are complete in the last phase of VS Code's start, some seconds after the window appears. */
  private async ready(): Promise<void> {
    await this.page.waitForFunction('performance.getEntriesByName("code/LifecyclePhase/Eventually").length > 0');
  }

  /** Runs a command from the palette by its full title, such as `Custom Diffusion: Show Devices`. */
  async runCommand(title: string): Promise<void> {
    const entry = this.quickEntries()
      .filter({ has: this.page.getByText(title, { exact: true }) })
      .first();
    // The palette lists what is known when it opens; on a busy machine an extension's commands come some seconds later.
    for (let attempt = 0; attempt < 10; attempt++) {
      await this.openQuickInput('F1', `>${title}`);
      if (await appears(entry, 5000)) break;
      await this.page.keyboard.press('Escape');
    }
    await entry.click();
  }

  /** The titles the command palette offers for what was typed. */
  async commandsOffered(typed: string): Promise<string[]> {
    await this.openQuickInput('F1', `>${typed}`);
    await this.quickEntries().first().waitFor();
    const labels = await this.quickEntries().locator('.label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return labels;
  }

  /** Chooses an entry of the quick pick that is open now; text filters a long list first, so that the entry is there. */
  async pick(label: string | RegExp, filter?: string): Promise<void> {
    await this.quickInput().waitFor();
    if (filter !== undefined) await this.quickInput().fill(filter);
    const text = typeof label === 'string' ? this.page.getByText(label, { exact: true }) : this.page.getByText(label);
    await this.quickEntries().filter({ has: text }).first().click();
  }

  /** Types into the quick input that is open now and accepts it. */
  async answer(text: string): Promise<void> {
    await this.quickInput().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Writes a path into the file dialog that is open now, and accepts it. */
  async answerFileDialog(path: string): Promise<void> {
    await this.quickInput().fill(path);
    // The dialog first reads the folder that was written and does not hear the key meanwhile.
    for (let attempt = 0; attempt < 10 && (await this.quickInput().isVisible()); attempt++) {
      await this.page.keyboard.press('Enter');
      await this.quickInput()
        .waitFor({ state: 'hidden', timeout: 3000 })
        .catch(() => {});
    }
  }

  private async openQuickInput(key: string, text: string): Promise<void> {
    // The first key press after a reload can come before the workbench listens, and a focus that moves closes what just opened.
    for (let attempt = 0; attempt < 5; attempt++) {
      await this.page.keyboard.press(key);
      if ((await appears(this.quickInput(), 3000)) && (await this.fills(text))) return;
    }
    await this.quickInput().fill(text);
  }

  private fills(text: string): Promise<boolean> {
    const filled = this.quickInput().fill(text, { timeout: 5000 });
    return filled.then(
      () => true,
      () => false,
    );
  }

  private quickInput(): Locator {
    return this.page.locator('.quick-input-widget input.input').first();
  }

  private quickEntries(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  /** A file or folder in the explorer, by its name. */
  explorerItem(name: string): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row').filter({
      has: this.page.locator('.label-name').getByText(name, { exact: true }),
    });
  }

  /** Opens the folders of a path in the explorer one after the other, and returns its last part. */
  async revealInExplorer(path: string): Promise<Locator> {
    const parts = path.split('/');
    for (const folder of parts.slice(0, -1)) {
      const item = this.explorerItem(folder);
      if ((await item.getAttribute('aria-expanded')) === 'false') await item.click();
    }
    const last = this.explorerItem(parts.at(-1) ?? '');
    await last.waitFor();
    return last;
  }

  /** Opens a file of the explorer in its editor. */
  async openFile(path: string): Promise<void> {
    const tab = this.page.getByRole('tab', { name: path.split('/').at(-1) ?? path });
    // A window that is busy with another editor may lose the press.
    for (let attempt = 0; attempt < 5 && (await tab.count()) === 0; attempt++) {
      await (await this.revealInExplorer(path)).dblclick();
      await tab
        .first()
        .waitFor({ timeout: 10_000 })
        .catch(() => {});
    }
  }

  /** Right-clicks a file or folder of the explorer (or several, selected together) and chooses an entry of the menu. */
  async chooseInExplorer(paths: string | string[], entry: string): Promise<void> {
    const item = this.page.locator('.monaco-menu').last().getByRole('menuitem', { name: entry, exact: true });
    // A menu that was opened before the extension was known never gets its entry.
    for (let attempt = 0; attempt < 10; attempt++) {
      await this.explorerMenu(paths);
      if (await appears(item, 5000)) break;
      // Once for the menu, once for the selection: the next clicks would undo it.
      for (let press = 0; press < 2; press++) await this.page.keyboard.press('Escape');
    }
    // Menus follow the pointer: they ignore a press on an entry that was not hovered first.
    await item.hover();
    await item.click();
  }

  /** The entries of the explorer's context menu, as a user reads them. */
  async explorerEntries(paths: string | string[]): Promise<string[]> {
    const menu = await this.explorerMenu(paths);
    const labels = await menu
      .locator('.action-label[aria-label]')
      .evaluateAll((items) => items.map((item) => item.getAttribute('aria-label') ?? ''));
    await this.page.keyboard.press('Escape');
    return labels.filter((label) => label !== '');
  }

  private async explorerMenu(paths: string | string[]): Promise<Locator> {
    const [first, ...others] = [paths].flat();
    const item = await this.revealInExplorer(first ?? '');
    await item.click({ modifiers: others.length > 0 ? ['ControlOrMeta'] : [] });
    let last = item;
    for (const path of others) {
      last = await this.revealInExplorer(path);
      await last.click({ modifiers: ['ControlOrMeta'] });
    }
    await last.click({ button: 'right' });
    const menu = this.page.locator('.monaco-menu').last();
    await menu.waitFor();
    return menu;
  }

  /** Shows a view container of the activity bar by its title. */
  async openViewContainer(title: string): Promise<Locator> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: title });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.locator('a').click();
    await this.rest();
    const sideBar = this.page.locator('.part.sidebar');
    await sideBar.getByRole('heading', { name: title }).first().waitFor();
    return sideBar;
  }

  /** Moves the pointer where no tooltip comes up: one would cover what is clicked next. */
  private async rest(): Promise<void> {
    const { width, height } = this.page.viewportSize() ?? { width: 0, height: 0 };
    await this.page.mouse.move(width / 2, height / 2);
  }

  /** The content of a webview: an editor panel or a view, by the title its tab or view shows. */
  async webview(title: string | RegExp, timeout = 60_000): Promise<FrameLocator> {
    return findWebview(this.page, title, timeout);
  }

  /** The content of the webview that shows something: a custom editor's webview has no title. */
  async webviewShowing(selector: string, timeout = 60_000): Promise<FrameLocator> {
    return findWebviewShowing(this.page, selector, timeout);
  }

  /** Titles of all webviews that exist now, for messages of failed tests. */
  async webviews(): Promise<string[]> {
    return webviewTitles(this.page);
  }

  /** The notifications that are visible now. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notification-list-item-message').allInnerTexts();
  }

  /** Waits until a notification says something like `text`, and returns it. */
  async notification(text: string | RegExp, timeout = 30_000): Promise<Locator> {
    const toast = this.page.locator('.notification-list-item').filter({ hasText: text }).first();
    await toast.waitFor({ timeout });
    return toast;
  }

  /** Changes user settings and reloads the window, which reads them anew. */
  async changeSettings(settings: Record<string, unknown>): Promise<void> {
    await this.server.changeSettings(settings);
    await this.reload();
  }

  /** Switches the colour theme of the open window and waits until it is painted in it. */
  async setTheme(theme: Theme): Promise<void> {
    await applyTheme(this, theme);
  }

  /** Keeps a picture of the window in `artifacts/screenshots/`. */
  async screenshot(name: string): Promise<string> {
    const folder = join('artifacts', 'screenshots');
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Everything our extension wrote into its log channels. */
  async extensionLog(): Promise<string> {
    return this.server.logs('custom-diffusion.custom-diffusion');
  }

  /** Running processes below the server whose command line contains `text`: the runtime is `dist/runtime.js`. */
  processes(text: string): ProcessInfo[] {
    return this.server.processes(text);
  }

  /** Closes the window, stops the server with everything it started, and removes their folders. */
  async close(): Promise<void> {
    await this.browser.close().catch(() => {});
    await this.server.stop();
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function appears(element: Locator, timeout: number): Promise<boolean> {
  return element.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

/** A window without greetings, so that a test meets only what it asked for. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.hover.delay': 10_000,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.autoDetectHighContrast': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.enableExperiments': false,
  'update.showReleaseNotes': false,
};
