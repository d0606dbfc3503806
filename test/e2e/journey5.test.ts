import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../../src/editors/safetensorsHeader';
import { describeInWorkbench } from './support/describeInWorkbench';
import { FineTuneForm } from './support/fineTuneForm';
import { keepEvidence } from './support/keepEvidence';
import { readDocument, runFolders } from './support/runFolders';
import { RunPage } from './support/runPage';
import { Workbench } from './support/workbench';

/** Slow and many enough that a fast machine does not finish first, and no more than the table of values shows. */
const steps = 48;
/** More than are done before the window is reloaded. */
const manySteps = 2000;

describeInWorkbench('a run whose process or window goes away', () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await Workbench.open({ workspace: { 'mochi-cat': 'media/concepts/mochi-cat' } });
  });

  afterAll(() => workbench?.close());

  it('is interrupted when the runtime is killed, and goes on from its checkpoint', async (context) => {
    keepEvidence(context, () => workbench);
    await workbench.openViewContainer('Explorer');
    await workbench.chooseInExplorer('mochi-cat', 'Fine-tune Concept…');
    const form = await FineTuneForm.find(workbench);
    await form.write({ steps, latentPool: 1, instanceRows: 4, checkpointEvery: 2, 'sample.every': 0 });
    await form.choose('concepts.0.prior.kind', 'None');
    await form.start();
    const page = await RunPage.find(workbench);
    await page.waitForSteps(4);

    const runtimes = workbench.processes('dist/runtime.js');
    expect(runtimes).toHaveLength(1);
    process.kill(runtimes[0]?.pid ?? 0, 'SIGKILL');
    const message = await (await workbench.notification(/interrupted at step \d+/)).innerText();
    const step = /interrupted at step (\d+)/.exec(message)?.[1];
    await page.waitForState(`Interrupted at step ${step}`);
    expect(await page.frame.locator('.run-problem').innerText()).toMatch(/Resume it from step \d+/);

    await page.press('resume');
    await page.waitForState('Finished');
    await page.waitForSteps(steps);
    expect((await page.values()).map((value) => value.step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
    expect(await page.frame.locator('.run-problem').count()).toBe(0);
    const [run = ''] = await runFolders(workbench);
    expect(await readDocument(run, 'manifest.json')).toMatchObject({ status: 'finished', step: steps });
    expect((await readSafetensorsHeader(join(run, 'delta.safetensors'))).metadata['steps']).toBe(String(steps));
  });

  it('comes back with its panels when the window is reloaded, and tells the truth', async (context) => {
    keepEvidence(context, () => workbench);
    const { page } = workbench;
    // Its panel goes, so that the one that comes back can only be that of the run under way.
    await workbench.runCommand('View: Close Editor');
    const form = await FineTuneForm.find(workbench);
    await form.write({ steps: manySteps });
    await form.start();
    const before = await RunPage.find(workbench);
    await before.waitForState('Training');
    await before.waitForSteps(4);
    const old = workbench.processes('dist/runtime.js').map(({ pid }) => pid);

    await workbench.reload(basename((await runFolders(workbench)).at(-1) ?? ''));
    const after = await RunPage.find(workbench);
    await after.waitForState(/(Stopped|Interrupted) at step \d+/);
    const run = (await runFolders(workbench)).at(-1) ?? '';
    const { step, status } = await readDocument(run, 'manifest.json');
    expect(step).toBeGreaterThan(0);
    if (status === 'stopped') expect(await after.state.innerText()).toBe(`Stopped at step ${String(step)}`);
    // The process of the window that is gone works on nothing any more.
    const now = workbench.processes('dist/runtime.js').map(({ pid }) => pid);
    expect(now.filter((pid) => old.includes(pid))).toEqual([]);

    await after.press('resume');
    await after.waitForState('Training');
    await after.press('stop');
    await after.waitForState(/Stopped at step \d+/);

    await page.getByRole('tab', { name: /^Fine-tune/ }).click();
    const restored = await FineTuneForm.find(workbench);
    expect(await restored.input('steps').inputValue()).toBe(String(manySteps));
    expect(await restored.input('concepts.0.classNoun').inputValue()).toBe('cat');
    await restored.frame.getByText('Ready to start.').waitFor();
  });
});
