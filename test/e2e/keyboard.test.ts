import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInWorkbench } from './support/describeInWorkbench';
import { FineTuneForm } from './support/fineTuneForm';
import { keepEvidence } from './support/keepEvidence';
import { Keys } from './support/keys';
import { PromptForm } from './support/promptForm';
import { RunPage } from './support/runPage';
import { Workbench } from './support/workbench';

describeInWorkbench('the whole way without a mouse', () => {
  let workbench: Workbench;
  let keys: Keys;

  beforeAll(async () => {
    workbench = await Workbench.open({ workspace: { 'mochi-cat': 'media/concepts/mochi-cat' } });
    keys = new Keys(workbench.page);
  }, 600_000);

  afterAll(() => workbench?.close());

  it('opens the prompt for the first time, ready to type', { timeout: 300_000 }, async (context) => {
    keepEvidence(context, () => workbench);
    await keys.command('Custom Diffusion: Open Prompt');
    await keys.waitForFocus(new PromptForm(await workbench.webview('Prompt', 240_000)).prompt);
    await workbench.openViewContainer('Explorer');
  });

  it('from the palette to a run: folder, what may learn, Start', { timeout: 900_000 }, async (context) => {
    keepEvidence(context, () => workbench);
    await keys.command('Custom Diffusion: Fine-tune Concept…');
    await keys.answerFileDialog('mochi-cat');
    const form = await FineTuneForm.find(workbench);
    await throughPictures(form.frame);
    await keys.choose(form.field('concepts.0.prior.kind').getByRole('combobox'), 'None');

    const parameters = form.total('Trained parameters');
    await expect.poll(() => parameters.innerText()).toMatch(/\d/);
    const before = await parameters.innerText();
    const row = form.frame.locator('[role=treeitem]:focus');
    await keys.tabTo(form.frame.getByRole('tree'));
    await keys.press('ArrowDown');
    await expect.poll(() => row.getAttribute('aria-level')).toBe('2');
    await keys.press('Space');
    await expect.poll(() => row.getAttribute('aria-checked')).toBe('true');
    await expect.poll(() => parameters.innerText()).not.toBe(before);

    await keys.write(form.input('steps'), '3');
    await keys.activate(form.frame.locator('details.advanced > summary'));
    // Nothing that would only take time.
    for (const [field, value] of Object.entries({ latentPool: '1', instanceRows: '1', 'sample.every': '0' }))
      await keys.write(form.input(field), value);
    await form.frame.getByText('Ready to start.').waitFor();
    await keys.activate(form.frame.locator('#start'));
    const page = await RunPage.find(workbench);
    await page.waitForState('Finished');
  });

  it('reads the run: tabs of the charts, values as a table', async (context) => {
    keepEvidence(context, () => workbench);
    const page = await RunPage.find(workbench);
    await keys.tabTo(page.frame.getByRole('tab', { name: 'Loss', exact: true }));
    await keys.press('ArrowRight');
    await page.frame.getByRole('tab', { name: 'By timestep', selected: true }).waitFor();
    await keys.press('Home');
    await page.frame.getByRole('tab', { name: 'Loss', selected: true, exact: true }).waitFor();
    await keys.activate(page.frame.locator('summary').filter({ hasText: 'Values as a table' }));
    await page.waitForSteps(3);
  });

  it('makes pictures of what was learned', { timeout: 600_000 }, async (context) => {
    keepEvidence(context, () => workbench);
    await keys.command('Custom Diffusion: Open Prompt');
    const form = new PromptForm(await workbench.webview('Prompt'));
    await keys.waitForFocus(form.prompt);
    await keys.choose(form.frame.getByRole('combobox', { name: 'Model' }), /\(run\)/);
    await keys.tabTo(form.prompt);
    await keys.type('photo of a <n');
    await form.frame.getByRole('option', { name: /<new1> cat/ }).waitFor();
    await keys.press('Enter');
    await keys.type(' on the beach');
    expect(await form.prompt.inputValue()).toBe('photo of a <new1> cat on the beach');
    await keys.write(form.field('Pictures'), '2');
    await keys.write(form.field('Steps'), '4');
    await keys.activate(form.frame.locator('#generate'));
    await form.frame.getByText('2 pictures finished.').waitFor({ timeout: 240_000 });
    await keys.activate(form.frame.getByRole('button', { name: 'Open pictures' }));
  });

  it('goes through the pictures with the arrow keys, shows one large, and asks why it looks so', async (context) => {
    keepEvidence(context, () => workbench);
    const grid = await workbench.webview('Pictures');
    const picture = (seed: number) => grid.getByRole('gridcell').filter({ hasText: `seed ${seed}` });
    await keys.tabTo(picture(1));
    await keys.press('ArrowRight');
    await keys.waitForFocus(picture(2));
    await keys.press('Enter');
    const large = grid.getByRole('dialog');
    await large.getByText('2 of 2').waitFor();
    await keys.press('ArrowLeft');
    await large.getByText('1 of 2').waitFor();
    await keys.press('Escape');
    await keys.waitForFocus(picture(1));
    await keys.activate(grid.getByRole('button', { name: 'Inspect attention' }));
  });

  it('pins two words and reads how far they overlap', async (context) => {
    keepEvidence(context, () => workbench);
    const attention = await workbench.webviewShowing('[data-chip]', 120_000);
    const words = attention.getByRole('toolbar');
    await keys.tabTo(words);
    await pin(attention, 'cat');
    await pin(attention, 'beach');
    // Being on a word shows it alone.
    await keys.tabTo(attention.getByRole('combobox').first());
    const overlap = Number(await attention.locator('.overlap-number').innerText());
    expect(overlap).toBeGreaterThan(0);
    expect(overlap).toBeLessThan(1);
  });

  /** One stop of the Tab key for all pictures; arrow keys between them; Enter goes into one, Escape comes out. */
  async function throughPictures(form: FrameLocator): Promise<void> {
    const cards = form.getByRole('grid', { name: /^Pictures of/ }).getByRole('gridcell');
    const [first, second] = [cards.nth(0), cards.nth(1)];
    const own = (card: Locator) => card.and(form.locator(':focus'));
    await keys.tabTo(cards);
    await keys.press('Home');
    await keys.waitForFocus(own(first));
    expect(await own(first).count()).toBe(1);
    await keys.press('ArrowRight');
    await keys.waitForFocus(own(second));
    const file = await second.getAttribute('data-file');
    await keys.press('Enter');
    await keys.waitForFocus(second.locator(`vscode-button[title*="${file}"]`).first());
    const use = second.getByRole('checkbox');
    await keys.tabTo(use);
    await keys.press('Space');
    await expect.poll(() => use.getAttribute('aria-checked')).toBe('false');
    await keys.press('Space');
    await expect.poll(() => use.getAttribute('aria-checked')).toBe('true');
    await keys.press('Escape');
    await keys.waitForFocus(own(second));
    await keys.press('Tab');
    await expect.poll(() => cards.and(form.locator(':focus, :focus-within')).count()).toBe(0);
  }

  /** Goes along the words to this one and pins it. */
  async function pin(attention: FrameLocator, text: string): Promise<void> {
    const word: Locator = attention.locator('button.chip.word').filter({ hasText: new RegExp(`${text}$`) });
    await keys.tabTo(word, 'ArrowRight');
    await keys.press('Enter');
    await expect.poll(() => word.getAttribute('aria-pressed')).toBe('true');
  }
});
