import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInWorkbench } from './support/describeInWorkbench';
import { keepEvidence } from './support/keepEvidence';
import { Workbench } from './support/workbench';

describeInWorkbench('the packaged extension in a fresh VS Code', () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await Workbench.open({ workspace: { 'mochi-cat': 'media/concepts/mochi-cat' } });
  });

  afterAll(() => workbench?.close());

  it('is listed as installed', async (context) => {
    keepEvidence(context, () => workbench);
    expect(await workbench.server.listExtensions()).toContain('custom-diffusion.custom-diffusion');
  });

  it('shows its views in the activity bar', async (context) => {
    keepEvidence(context, () => workbench);
    const sideBar = await workbench.openViewContainer('Custom Diffusion');
    for (const view of ['Prompt', 'Runs', 'Models']) {
      await sideBar.locator('.pane-header').filter({ hasText: view }).waitFor();
    }
    await workbench.screenshot('smoke-views');
  });

  it('offers fine-tuning for a folder in the explorer, and attention for a picture', async (context) => {
    keepEvidence(context, () => workbench);
    await workbench.openViewContainer('Explorer');
    expect(await workbench.explorerEntries('mochi-cat')).toContain('Fine-tune Concept…');
    expect(await workbench.explorerEntries('mochi-cat/01.png')).toContain('Inspect Attention…');
  });
});
