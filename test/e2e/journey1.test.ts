import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../../src/editors/safetensorsHeader';
import { describeInWorkbench } from './support/describeInWorkbench';
import { FineTuneForm } from './support/fineTuneForm';
import { keepEvidence } from './support/keepEvidence';
import { onlyRun, readDocument } from './support/runFolders';
import { RunPage } from './support/runPage';
import { Workbench } from './support/workbench';

describeInWorkbench('from a fresh installation to a fine-tuned concept', () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await Workbench.open({ workspace: { 'mochi-cat': 'media/concepts/mochi-cat' } });
  });

  afterAll(() => workbench?.close());

  it('greets a newcomer with a walkthrough', async (context) => {
    keepEvidence(context, () => workbench);
    await workbench.runCommand('Custom Diffusion: Open Walkthrough');
    const { page } = workbench;
    await page.locator('.getting-started-category').getByText('Teach a model your subject').first().waitFor();
    await page.getByText('Get a concept folder').first().waitFor();
  });

  it('fine-tunes a folder that was right-clicked, and shows how it learns', async (context) => {
    keepEvidence(context, () => workbench);
    await workbench.openViewContainer('Explorer');
    await workbench.chooseInExplorer('mochi-cat', 'Fine-tune Concept…');
    const form = await FineTuneForm.find(workbench);
    expect(await form.input('concepts.0.classNoun').inputValue()).toBe('cat');
    await form.write({
      steps: 4,
      'concepts.0.prior.count': 2,
      'concepts.0.prior.steps': 2,
      latentPool: 1,
      instanceRows: 1,
      'sample.every': 2,
      'sample.prompts': 'photo of a {}',
      'sample.seeds': 1,
      'sample.steps': 2,
    });
    await form.start();

    const run = await RunPage.find(workbench);
    await run.waitForSteps(3);
    await run.waitForState('Finished');
    const values = await run.values();
    expect(values.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    for (const { loss } of values) expect(loss).toBeGreaterThan(0);
    const picture = run.frame.locator('ul.pictures img').first();
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(() => picture.evaluate((image: { naturalWidth?: number }) => image.naturalWidth)).toBe(64);
    await workbench.screenshot('journey1-finished');
  });

  it('leaves a valid delta on disk', async (context) => {
    keepEvidence(context, () => workbench);
    const run = await onlyRun(workbench);
    expect(await readDocument(run, 'manifest.json')).toMatchObject({ status: 'finished', step: 4 });
    const { tensors, metadata } = await readSafetensorsHeader(join(run, 'delta.safetensors'));
    expect(metadata).toMatchObject({ modifier_tokens: '["<new1>"]', class_nouns: '["cat"]', steps: '4' });
    expect(tensors.every(({ name }) => /attn2\.to_([qkv]|out\.0)\.(weight|bias)$|^modifier_token\./.test(name))).toBe(
      true,
    );
    expect(tensors.filter(({ name }) => name.includes('attn2')).length).toBeGreaterThan(2);
  });
});
