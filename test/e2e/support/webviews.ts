import type { FrameLocator, Locator, Page } from 'playwright-core';

/** VS Code puts a webview into a frame inside a frame; the inner one carries the title of the panel or view. */
const inner = 'iframe#active-frame';

/** The content of the webview with this title, waiting until it is there. */
export async function findWebview(page: Page, title: string | RegExp, timeout: number): Promise<FrameLocator> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const outer = page.locator('iframe.webview');
    for (let index = 0; index < (await outer.count()); index++) {
      const found = await titleOf(outer.nth(index).contentFrame());
      if (found !== undefined && matches(found, title)) return lasting(page, outer.nth(index));
    }
    if (Date.now() > deadline) {
      const there = (await webviewTitles(page)).map((text) => `"${text}"`).join(', ');
      throw new Error(`no webview with the title ${title}; there are: ${there || 'none'}`);
    }
    await page.waitForTimeout(100);
  }
}

/** The content of the webview that shows something; the webviews of custom editors have no titles. */
export async function findWebviewShowing(page: Page, selector: string, timeout: number): Promise<FrameLocator> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const outer = page.locator('iframe.webview');
    for (let index = 0; index < (await outer.count()); index++) {
      const content = outer.nth(index).contentFrame().frameLocator(inner);
      const shows = await content
        .locator(selector)
        .first()
        .isVisible()
        .catch(() => false);
      if (shows) return lasting(page, outer.nth(index));
    }
    if (Date.now() > deadline) throw new Error(`no webview shows ${selector}`);
    await page.waitForTimeout(100);
  }
}

/** The same webview by its name: its place among the others changes when a panel opens or closes. */
async function lasting(page: Page, outer: Locator): Promise<FrameLocator> {
  const name = await outer.getAttribute('name');
  return page.locator(`iframe.webview[name="${name}"]`).contentFrame().frameLocator(inner);
}

/** The titles of all webviews of the window. */
export async function webviewTitles(page: Page): Promise<string[]> {
  const outer = page.locator('iframe.webview');
  const titles: string[] = [];
  for (let index = 0; index < (await outer.count()); index++) {
    titles.push((await titleOf(outer.nth(index).contentFrame())) ?? '(loading)');
  }
  return titles;
}

async function titleOf(frame: FrameLocator): Promise<string | undefined> {
  const title = await frame
    .locator(inner)
    .getAttribute('title', { timeout: 500 })
    .catch(() => null);
  return title ?? undefined;
}

function matches(found: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? found === wanted : wanted.test(found);
}
