import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { FrameLocator, Page } from 'playwright-core';

/** A finding of axe that a person with a disability would stumble over. */
export interface Violation {
  rule: string;
  impact: string;
  help: string;
  nodes: string[];
}

/** The serious and critical findings of axe in a webview, or in the whole window when a page is given. */
export async function axeSerious(target: FrameLocator | Page): Promise<Violation[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // A strict content security policy has no say in what the debugger evaluates, so axe goes in that way.
  const body = target.locator('body').first();
  await body.evaluate(`(() => { if (!window.axe) { ${source} } })()`);
  // A webview lets the window's colour through, which axe cannot see and takes for white.
  const background = 'owner' in target ? await colourBehind(target) : '';
  const results: AxeResults = await body.evaluate(`(async () => {
    const root = document.documentElement;
    root.style.backgroundColor = ${JSON.stringify(background)};
    try {
      return await window.axe.run(document, {
        resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      });
    } finally {
      root.style.backgroundColor = '';
    }
  })()`);
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, help, nodes }) => ({
      rule: id,
      impact: String(impact),
      help,
      nodes: nodes.map((node) => `${node.target.join(' ')}: ${node.html.slice(0, 200)}`),
    }));
}

/** What is needed of the window's page; these tests are typed for Node. */
interface PageElement {
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
}

interface PageGlobals {
  document: { elementsFromPoint(x: number, y: number): PageElement[] };
  getComputedStyle(element: PageElement): { backgroundColor: string };
}

/** The colour of the part of the window that lies behind a webview. */
async function colourBehind(webview: FrameLocator): Promise<string> {
  const inner = await webview.owner().elementHandle();
  const outer = await (await inner?.ownerFrame())?.frameElement();
  const colours = await outer?.evaluate((frame) => {
    const { document, getComputedStyle } = globalThis as unknown as PageGlobals;
    const { left, top, width, height } = (frame as unknown as PageElement).getBoundingClientRect();
    const behind = document.elementsFromPoint(left + width / 2, top + height / 2);
    return behind.map((element) => getComputedStyle(element).backgroundColor);
  });
  const colour = colours?.find((each) => !/^rgba\(.*, 0\)$/.test(each));
  if (!colour) throw new Error('nothing lies behind the webview');
  return colour;
}
