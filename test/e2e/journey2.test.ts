import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { describeInWorkbench } from './support/describeInWorkbench';
import { FineTuneForm } from './support/fineTuneForm';
import { keepEvidence } from './support/keepEvidence';
import { onlyRun, readDocument, runsIn } from './support/runFolders';
import { RunPage } from './support/runPage';
import { Workbench } from './support/workbench';

/** So many that a fast machine does not finish before Stop is pressed, and no more than the table of values shows. */
const steps = 48;

describeInWorkbench('two concepts together, stopped and gone on with', () => {
  let workbench: Workbench;
  let form: FineTuneForm;

  beforeAll(async () => {
    workbench = await Workbench.open({
      workspace: { 'mochi-cat': 'media/concepts/mochi-cat', 'biscuit-dog': 'media/concepts/biscuit-dog' },
    });
  });

  afterAll(() => workbench?.close());

  it('opens one form for the folders that are selected', async (context) => {
    keepEvidence(context, () => workbench);
    await workbench.openViewContainer('Explorer');
    await workbench.chooseInExplorer(['biscuit-dog', 'mochi-cat'], 'Fine-tune Together…');
    form = await FineTuneForm.find(workbench);
    const nouns = ['concepts.0.classNoun', 'concepts.1.classNoun'].map((name) => form.input(name).inputValue());
    expect((await Promise.all(nouns)).sort()).toEqual(['cat', 'dog']);
  });

  it('lets the freeze tree be changed by keyboard, and says what it takes', async (context) => {
    keepEvidence(context, () => workbench);
    const { keyboard } = workbench.page;
    const parameters = form.total('Trained parameters');
    const size = form.total('Delta on disk');
    await expect.poll(() => size.innerText(), { timeout: 120_000 }).toMatch(/^about \d/);
    const before = { parameters: await parameters.innerText(), size: await size.innerText() };

    const tree = form.frame.getByRole('tree');
    await tree.locator('[tabindex="0"]').focus();
    const focused = tree.locator('[role=treeitem]:focus');
    // Into what learns in part, past what does not, to the first that learns as a whole.
    for (let checked = await focused.getAttribute('aria-checked'); checked !== 'true';) {
      const before = await placeOf(focused);
      await keyboard.press(checked === 'mixed' ? 'ArrowRight' : 'ArrowDown');
      await expect.poll(() => placeOf(focused)).not.toBe(before);
      checked = await focused.getAttribute('aria-checked');
    }
    await keyboard.press('Space');
    await expect.poll(() => focused.getAttribute('aria-checked')).toBe('false');

    await expect.poll(() => parameters.innerText()).not.toBe(before.parameters);
    await expect.poll(() => size.innerText(), { timeout: 120_000 }).not.toBe(before.size);
    expect(await form.frame.getByRole('button', { pressed: true }).count()).toBe(0);
  });

  it('stops with a checkpoint and goes on to the same delta as a run that never stopped', async (context) => {
    keepEvidence(context, () => workbench);
    await form.write({ steps, latentPool: 1, instanceRows: 2, 'sample.every': 0 });
    await form.choose('concepts.0.prior.kind', 'None');
    await form.choose('concepts.1.prior.kind', 'None');
    await form.start();
    const page = await RunPage.find(workbench);
    await page.waitForSteps(2);
    await page.press('stop');
    await page.waitForState(/Stopped at step \d+/);
    const run = await onlyRun(workbench);
    const stopped = await readDocument(run, 'manifest.json');
    expect(stopped).toMatchObject({ status: 'stopped' });
    expect(stopped['step']).toBeLessThan(steps);
    expect(await page.state.innerText()).toContain(`Stopped at step ${String(stopped['step'])}`);

    await page.press('resume');
    await page.waitForState('Finished');
    await page.waitForSteps(steps);
    expect((await page.values()).map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));

    const uninterrupted = await trainWithoutStop(workbench, join(run, 'config.json'));
    const deltas = await Promise.all([run, uninterrupted].map((folder) => readFile(join(folder, 'delta.safetensors'))));
    expect(deltas[0]?.equals(deltas[1] ?? Buffer.alloc(0))).toBe(true);
  });
});

/** Which row of the tree this is, and whether it is open. */
async function placeOf(row: Locator): Promise<string> {
  return `${await row.innerText()} ${await row.getAttribute('aria-expanded')} ${await row.getAttribute('aria-posinset')}`;
}

/** The same configuration from start to end, with the command line of the installed package. @returns the run's folder */
async function trainWithoutStop(workbench: Workbench, config: string): Promise<string> {
  const { layout } = inject('workbench');
  const [extension] = (await readdir(workbench.server.extensions)).filter((name) =>
    name.startsWith('custom-diffusion.'),
  );
  const cli = join(workbench.server.extensions, extension ?? '', 'dist', 'cli.js');
  const output = join(workbench.workspace, 'uninterrupted');
  await promisify(execFile)(layout?.node ?? '', [cli, 'train', config, '--output', output]);
  const [run = ''] = await runsIn(output);
  return run;
}
