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
  const results: AxeResults = await body.evaluate(
    'window.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })',
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, help, nodes }) => ({
      rule: id,
      impact: String(impact),
      help,
      nodes: nodes.map((node) => `${node.target.join(' ')}: ${node.html.slice(0, 200)}`),
    }));
}
