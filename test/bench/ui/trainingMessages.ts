import { join } from 'node:path';
import { readSteps } from '../../../src/runs/runHistory';
import { FineTuneForm } from '../../e2e/support/fineTuneForm';
import { runFolders } from '../../e2e/support/runFolders';
import { RunPage } from '../../e2e/support/runPage';
import type { Workbench } from '../../e2e/support/workbench';
import { workspaceNames } from './firstPaint';
import type { PageProbe } from './pageProbe';
import type { RuntimeCounter } from './runtimeCounter';

const steps = 200;

/**
 * Trains for real and compares the log on disk with what the run panel was told and what it says it has. In the middle the panel is
 * hidden behind another one and shown again.
 */
export async function trainingMessages(workbench: Workbench, probe: PageProbe, counter: RuntimeCounter) {
  await workbench.openViewContainer('Explorer');
  await workbench.chooseInExplorer(workspaceNames.concept, 'Fine-tune Concept…');
  const form = await FineTuneForm.find(workbench);
  await form.write({ steps, latentPool: 1, instanceRows: 1, checkpointEvery: 50, 'sample.every': 0 });
  await form.choose('concepts.0.prior.kind', 'None');
  const before = await runFolders(workbench);
  probe.events.length = 0;
  await form.start();
  const page = await RunPage.find(workbench);
  await page.waitForSteps(20);
  const own = workbench.page.getByRole('tab', { selected: true }).filter({ hasText: /^\d{4}-\d\d-\d\dT/ });
  const title = (await own.first().innerText()).trim();
  await workbench.runCommand('Custom Diffusion: Show Devices');
  await workbench.webview('Devices');
  await workbench.page.waitForTimeout(3000);
  await workbench.page.getByRole('tab').filter({ hasText: title }).first().click();
  const again = await RunPage.find(workbench);
  await again.waitForState('Finished');
  await again.waitForSteps(Math.min(50, steps));
  await workbench.page.waitForTimeout(1000);

  const folder = (await runFolders(workbench)).find((run) => !before.includes(run)) ?? '';
  const logged = await readSteps(join(folder, 'log.jsonl'));
  const told = pointsTold(probe);
  const caption = await again.frame.locator('caption').first().innerText();
  return {
    pointsLogged: logged.length,
    pointsTold: told.size,
    pointsOnPage: Math.max(...(caption.match(/\d+/g) ?? []).map(Number)),
    pointsDropped: logged.filter(({ step, loss }) => told.get(step) !== loss).length,
    stepsPerSecond: rate(steps, ...ends((await counter.read())['train/update'] ?? [])),
    runtimeToHost: ratesOf(await counter.read()),
    hostToPage: pageRate(probe),
  };
}

/** The losses by step that the page was told, put together as the page does it. */
function pointsTold({ events }: PageProbe): Map<number, number> {
  const told = new Map<number, number>();
  for (const event of events) {
    if (event.kind !== 'message') continue;
    if (event.type === 'state' && event.steps.length > 0) told.clear();
    event.steps.forEach((step, i) => told.set(step, event.losses[i] ?? NaN));
  }
  return told;
}

/** Messages and messages a second between the first and the last one that brought steps. */
function pageRate({ events }: PageProbe) {
  const messages = events.filter((event) => event.kind === 'message');
  const withSteps = messages.filter((event) => event.steps.length > 0).map(({ at }) => at);
  const [from, to] = ends(withSteps);
  const during = messages.filter(({ at }) => at >= from && at <= to).length;
  return { messages: during, perSecond: rate(during, from, to) };
}

function ratesOf(sent: Record<string, number[]>) {
  const [from, to] = ends(sent['train/update'] ?? []);
  const all = Object.entries(sent).map(([method, times]) => {
    const during = times.filter((at) => at >= from && at <= to).length;
    return [method, during] as const;
  });
  const messages = all.reduce((sum, [, count]) => sum + count, 0);
  return { messages, perSecond: rate(messages, from, to), byKind: Object.fromEntries(all.filter(([, n]) => n > 0)) };
}

function ends(times: readonly number[]): [number, number] {
  return [Math.min(...times), Math.max(...times)];
}

function rate(count: number, from: number, to: number): number {
  return Number(((count * 1000) / (to - from)).toFixed(2));
}
