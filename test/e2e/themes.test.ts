import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeSerious } from './support/axe';
import { describeInWorkbench } from './support/describeInWorkbench';
import { keepEvidence } from './support/keepEvidence';
import { PromptForm } from './support/promptForm';
import { themes, type Theme } from './support/themes';
import { trainedRun } from './support/trainedRun';
import { Workbench } from './support/workbench';

/** Each panel with the title of its tab and something that is there when it shows everything. */
const panels = {
  fineTune: { tab: /^Fine-tune cat/, shown: '.totals:not(.pending)' },
  run: { tab: /^2026-01-01T00-00-mochi/, shown: '.uplot canvas' },
  pictures: { tab: /^Pictures/, shown: '.tile img' },
  attention: { tab: /^0001-1\.png/, shown: '.overlap-number' },
  weights: { tab: /^mochi\.safetensors/, shown: 'h1:text-is("mochi.safetensors")' },
  devices: { tab: /^Devices/, shown: '.device.card' },
} as const;
type Panel = keyof typeof panels;
const panelNames = Object.keys(panels) as Panel[];

/** How long a panel may take to show everything. */
const patience = 120_000;
const wide = { width: 1500, height: 1500 };
/** Leaves 300 pixels for a page when the side bar is closed. */
const narrow = { width: 358, height: 1500 };

describeInWorkbench('every panel in every theme', () => {
  let workbench: Workbench;

  beforeAll(async () => {
    const run = await trainedRun();
    workbench = await Workbench.open({
      workspace: {
        'mochi-cat': 'media/concepts/mochi-cat',
        'mochi.safetensors': join(run, 'delta.safetensors'),
        '.custom-diffusion/runs/2026-01-01T00-00-mochi': run,
      },
      ...wide,
    });
    await openPanels(workbench);
  }, 900_000);

  afterAll(() => workbench?.close());

  it.for(Object.keys(themes) as Theme[])(
    '%s: axe finds nothing serious in any panel',
    { timeout: 600_000 },
    async (theme, context) => {
      keepEvidence(context, () => workbench);
      await workbench.setTheme(theme);
      const found: Record<string, unknown> = {};
      const prompt = await workbench.webview('Prompt');
      await inTheme(prompt, theme);
      found['prompt'] = await axeSerious(prompt);
      for (const name of panelNames) {
        const frame = await show(workbench, name);
        await inTheme(frame, theme);
        await settled(workbench);
        await workbench.screenshot(`${name}-${theme}`);
        found[name] = await axeSerious(frame);
      }
      await workbench.runCommand('Custom Diffusion: Open Walkthrough');
      await workbench.page.getByText('Teach a model your subject', { exact: true }).first().waitFor();
      await workbench.webviewShowing('h1:has-text("A concept is a folder of pictures")', patience);
      await settled(workbench);
      await workbench.screenshot(`walkthrough-${theme}`);
      expect(found).toEqual(Object.fromEntries(['prompt', ...panelNames].map((name) => [name, []])));
    },
  );

  it('fits in 300 pixels', { timeout: 600_000 }, async (context) => {
    keepEvidence(context, () => workbench);
    await workbench.setTheme('light');
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    await workbench.page.setViewportSize(narrow);
    const widths: Record<string, unknown> = {};
    for (const name of panelNames) {
      const frame = await show(workbench, name);
      await settled(workbench);
      await workbench.screenshot(`${name}-narrow`);
      widths[name] = await frame.locator('body').evaluate('[innerWidth, document.documentElement.scrollWidth]');
    }
    for (const [name, width] of Object.entries(widths)) expect({ [name]: width }).toEqual({ [name]: [300, 300] });
  });
});

/** Brings a panel to the front and waits until it shows everything. */
async function show(workbench: Workbench, name: Panel): Promise<FrameLocator> {
  const { tab, shown } = panels[name];
  await workbench.page.getByRole('tab', { name: tab }).first().click();
  return workbench.webviewShowing(shown, patience);
}

/** Waits until a page knows the theme. */
async function inTheme(frame: FrameLocator, theme: Theme): Promise<void> {
  await frame.locator(`body.${themes[theme].webviewClass}`).waitFor();
}

/** The time that pictures, fonts and canvases take to be painted. */
function settled({ page }: Workbench): Promise<void> {
  return page.waitForTimeout(500);
}

/** Makes a picture and opens every panel, the way a user comes to them. */
async function openPanels(workbench: Workbench): Promise<void> {
  await workbench.openViewContainer('Explorer');
  await workbench.chooseInExplorer('mochi-cat', 'Fine-tune Concept…');
  await workbench.webviewShowing(panels.fineTune.shown, patience);
  await workbench.openFile('mochi.safetensors');
  await workbench.webviewShowing(panels.weights.shown, patience);
  await workbench.runCommand('Custom Diffusion: Show Devices');
  await workbench.webviewShowing(panels.devices.shown, patience);
  const form = await PromptForm.open(workbench);
  await form.chooseModel('(run)');
  await form.prompt.fill('photo of a <new1> cat on the beach');
  await form.write('Pictures', 2);
  await form.write('Steps', 8);
  await form.generate();
  await form.rest();
  await workbench.page.getByRole('treeitem', { name: /^mochi,/ }).click();
  await workbench.webviewShowing(panels.run.shown, patience);
  await form.frame.getByRole('button', { name: 'Open pictures' }).click();
  const grid = await workbench.webview('Pictures');
  await grid.getByRole('img', { name: /seed 1$/ }).click();
  await grid.getByRole('button', { name: 'Inspect attention' }).click();
  const attention = await workbench.webviewShowing('[data-chip]', patience);
  for (const word of ['cat', 'beach'])
    await attention.locator('button.chip.word').filter({ hasText: word }).last().click();
  // Pointing at a word shows it alone.
  await attention.getByRole('heading', { name: 'Share of attention' }).hover();
  await attention.locator(panels.attention.shown).waitFor();
}
