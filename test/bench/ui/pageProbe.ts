import type { Page } from 'playwright-core';

/** What a frame of the window reports; times are milliseconds since 1970 with fractions, the same clock in all frames. */
export type ProbeEvent =
  | { kind: 'input'; at: number }
  | { kind: 'created'; webview: string; at: number }
  | { kind: 'painted'; webview: string; at: number }
  | { kind: 'shown'; webview: string; selector: string; at: number }
  | { kind: 'message'; webview: string; type: string; steps: number[]; losses: number[]; at: number };

/** Listens in all frames of a window; what it hears lies in `events`. */
export class PageProbe {
  readonly events: ProbeEvent[] = [];

  private constructor() {}

  /** Listens from the next load of the page on. Each selector is reported when something matches it for the first time. */
  static async attach(page: Page, selectors: readonly string[]): Promise<PageProbe> {
    const probe = new PageProbe();
    await page.exposeBinding('reportToBench', ({ frame }, event: ProbeEvent) => {
      // VS Code's frame around a page carries the webview's name.
      probe.events.push('webview' in event ? { ...event, webview: event.webview || frame.name() } : event);
    });
    await page.addInitScript(listen, selectors as string[]);
    return probe;
  }

  /** Waits for an event that fits. */
  async wait(fits: (event: ProbeEvent) => boolean, limit = 60_000): Promise<ProbeEvent> {
    const deadline = Date.now() + limit;
    for (;;) {
      const found = this.events.find(fits);
      if (found) return found;
      if (Date.now() > deadline)
        throw new Error(`the page did not report in time: ${JSON.stringify(this.events.map(({ kind }) => kind))}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The parts of a browser that the script below uses; it runs in the page, where nothing of this module is there. */
interface Frame {
  performance: { timeOrigin: number; now(): number };
  location: { pathname: string };
  top: unknown;
  document: Node & { querySelector(selector: string): Node | null };
  addEventListener(name: string, listener: (event: { data?: unknown }) => void, capture?: boolean): void;
  requestAnimationFrame(callback: () => void): void;
  setTimeout(callback: () => void): void;
  MutationObserver: new (callback: (records: { addedNodes: Iterable<Node> }[]) => void) => {
    observe(node: Node, options: object): void;
  };
  PerformanceObserver: new (callback: (list: { getEntries(): { name: string; startTime: number }[] }) => void) => {
    observe(options: object): void;
  };
  reportToBench(event: object): void;
}

interface Node {
  nodeType: number;
  name?: string;
  contentWindow?: Frame;
  matches?(selector: string): boolean;
}

function listen(selectors: string[]): void {
  const outer = globalThis as unknown as Frame;
  const now = ({ performance }: Frame) => performance.timeOrigin + performance.now();
  if (outer.top === outer) watchWorkbench();
  else if (outer.location.pathname.endsWith('/webview/browser/pre/index.html')) watchFrame();

  function watchWorkbench(): void {
    for (const name of ['pointerup', 'keydown'])
      outer.addEventListener(name, () => outer.reportToBench({ kind: 'input', at: now(outer) }), true);
    forEachAdded('iframe.webview', ({ name }) =>
      outer.reportToBench({ kind: 'created', webview: name, at: now(outer) }),
    );
  }

  /** The page is written into an empty frame of the same window, where no script of ours starts by itself. */
  function watchFrame(): void {
    forEachAdded('iframe', ({ contentWindow }) => {
      if (!contentWindow) return;
      let isWatched = false;
      contentWindow.addEventListener('DOMContentLoaded', () => {
        if (!isWatched) watchPage(contentWindow);
        isWatched = true;
      });
    });
  }

  function watchPage(page: Frame): void {
    new page.PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries())
        if (name === 'first-contentful-paint') report({ kind: 'painted', at: page.performance.timeOrigin + startTime });
    }).observe({ type: 'paint', buffered: true });
    const missing = new Set(selectors);
    let hears = false;
    new page.MutationObserver(() => {
      // The listeners from before go when VS Code writes the page.
      if (!hears && page.document.querySelector('script')) {
        hears = true;
        page.addEventListener('message', ({ data }) => heard(page, data));
      }
      for (const selector of missing) {
        if (!page.document.querySelector(selector)) continue;
        missing.delete(selector);
        page.requestAnimationFrame(() => page.setTimeout(() => report({ kind: 'shown', selector, at: now(page) })));
      }
    }).observe(page.document, { childList: true, subtree: true });
  }

  function heard(page: Frame, data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    const { type, steps } = data as { type?: string; steps?: { steps: Float64Array; loss: Float64Array } };
    if (!type) return;
    const columns = steps && { steps: [...steps.steps], losses: [...steps.loss] };
    report({ kind: 'message', type, steps: [], losses: [], ...columns, at: now(page) });
  }

  function report(event: object): void {
    outer.reportToBench({ webview: '', ...event });
  }

  function forEachAdded(selector: string, found: (node: Node) => void): void {
    new outer.MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const node of addedNodes) if (node.nodeType === 1 && node.matches?.(selector)) found(node);
    }).observe(outer.document, { childList: true, subtree: true });
  }
}
