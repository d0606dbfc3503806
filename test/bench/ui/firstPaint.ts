import type { Workbench } from '../../e2e/support/workbench';
import { closeEditor } from './closeEditor';
import { spread, type Spread } from './figures';
import type { PageProbe } from './pageProbe';

/** A page, what a user does to open it, and what stands on it once it has its state. */
interface PanelOpening {
  name: string;
  content: string;
  open(workbench: Workbench): Promise<void>;
  close?(workbench: Workbench): Promise<void>;
}

/** Names of what the bench put into the workspace. */
export const workspaceNames = { concept: 'mochi-cat', delta: 'delta.safetensors', picture: 'photo.png' };

const panels: PanelOpening[] = [
  { name: 'devices', content: '#root h1', open: command('Show Devices') },
  { name: 'gallery', content: '.tile img', open: command('Open Pictures') },
  { name: 'run', content: '#run-state', open: command('Open Run') },
  {
    name: 'prompt',
    content: '#generate',
    open: async (workbench) => void (await workbench.openViewContainer('Custom Diffusion')),
    close: async (workbench) => void (await workbench.openViewContainer('Explorer')),
  },
  { name: 'weights', content: '[role=tree]', open: (workbench) => workbench.openFile(workspaceNames.delta) },
  {
    name: 'attention',
    content: '#root h1.file-name',
    open: (workbench) => workbench.chooseInExplorer(workspaceNames.picture, 'Inspect Attention…'),
  },
  {
    name: 'fineTune',
    content: '[data-field="steps"]',
    open: (workbench) => workbench.chooseInExplorer(workspaceNames.concept, 'Fine-tune Concept…'),
  },
];

/** What a probe must look for. */
export const contentSelectors = panels.map(({ content }) => content);

/** Times of a page, in ms. */
export interface PaintTimes {
  /** From the making of the webview to the first paint of anything (first contentful paint). */
  firstPaint: Spread;
  /** From the making of the webview until what matters on the page stands there. */
  content: Spread;
  /** From the last click or key of the user to the first paint. */
  sinceCommand: Spread;
}

/** Opens every page so many times and tells when it was painted. The first webview of a window is told by itself. */
export async function firstPaints(workbench: Workbench, probe: PageProbe, rounds: number) {
  const found = new Map<string, Record<keyof PaintTimes, number>[]>();
  // It starts VS Code's service worker for webviews, which all later ones share.
  const firstOfWindow = await measure(workbench, probe, panels[0]!);
  for (let round = 0; round < rounds; round++) {
    for (const panel of panels) {
      const times = await measure(workbench, probe, panel);
      found.set(panel.name, [...(found.get(panel.name) ?? []), times]);
      console.error(`first paint, ${panel.name}: ${Math.round(times.firstPaint)} ms`);
    }
  }
  const pages = [...found].map(([name, all]) => [name, paintTimes(all)] as const);
  return { firstOfWindow: paintTimes([firstOfWindow]), pages: Object.fromEntries(pages) };
}

function paintTimes(all: readonly Record<keyof PaintTimes, number>[]): PaintTimes {
  const of = (key: keyof PaintTimes) => spread(all.map((times) => times[key]));
  return { firstPaint: of('firstPaint'), content: of('content'), sinceCommand: of('sinceCommand') };
}

async function measure(workbench: Workbench, probe: PageProbe, { content, open, close }: PanelOpening) {
  if (!close) await workbench.openViewContainer('Explorer');
  probe.events.length = 0;
  await open(workbench);
  const shown = await probe.wait((event) => event.kind === 'shown' && event.selector === content);
  const { webview } = shown as { webview: string };
  const painted = await probe.wait((event) => event.kind === 'painted' && event.webview === webview);
  const created = await probe.wait((event) => event.kind === 'created' && event.webview === webview);
  const inputs = probe.events.filter((event) => event.kind === 'input' && event.at <= created.at);
  if (close) await close(workbench);
  else await closeEditor(workbench);
  return {
    firstPaint: painted.at - created.at,
    content: shown.at - created.at,
    sinceCommand: painted.at - Math.max(...inputs.map(({ at }) => at)),
  };
}

function command(title: string): PanelOpening['open'] {
  return (workbench) => workbench.runCommand(`Custom Diffusion: ${title}`);
}
