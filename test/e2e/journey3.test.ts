import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInWorkbench } from './support/describeInWorkbench';
import { keepEvidence } from './support/keepEvidence';
import { PromptForm } from './support/promptForm';
import { trainedRun } from './support/trainedRun';
import { Workbench } from './support/workbench';

interface Group {
  status: string;
  kind: string;
  rows: string[];
  pictures: { file: string; seed: number; prompt: string; model: { label: string } }[];
  folder: string;
}

describeInWorkbench('Journey 3: a learned subject in the prompt, stopped halfway, compared with its base', () => {
  let workbench: Workbench;
  let form: PromptForm;

  beforeAll(async () => {
    const run = await trainedRun();
    workbench = await Workbench.open({ workspace: { '.custom-diffusion/runs/2026-01-01T00-00-mochi': run } });
  }, 600_000);

  afterAll(() => workbench?.close());

  it('completes the token of the chosen run, with its class noun', async (context) => {
    keepEvidence(context, () => workbench);
    form = await PromptForm.open(workbench);
    await form.chooseModel('(run)');
    await form.prompt.click();
    await form.prompt.pressSequentially('photo of a <n');
    await form.frame.getByRole('option', { name: /<new1> cat/ }).waitFor();
    await workbench.page.keyboard.press('Enter');
    expect(await form.prompt.inputValue()).toBe('photo of a <new1> cat');
    await form.frame.getByRole('listitem', { name: '<new1>, token 4' }).waitFor();
    await form.frame.getByText('7 of 77 tokens').waitFor();
  });

  it('keeps the two pictures that were finished when it is stopped', async (context) => {
    keepEvidence(context, () => workbench);
    await form.write('Pictures', 4);
    await form.write('Steps', 25);
    await form.generate();
    await form.pictures.nth(1).waitFor({ timeout: 240_000 });
    await form.frame.locator('#stop').click();
    await form.rest();
    const words = /^Stopped: (\d) of 4 pictures kept\. Drawn on CPU\.$/.exec(await form.status.innerText());
    const kept = Number(words?.[1]);
    // The third may be finished by the time the press arrives; the fourth may not.
    expect([2, 3]).toContain(kept);
    const [group] = await groups(workbench);
    expect(group).toMatchObject({ status: 'stopped', kind: 'pictures' });
    expect(group!.pictures.map(({ seed }) => seed)).toEqual([1, 2, 3].slice(0, kept));
    for (const { file } of group!.pictures) expect(existsSync(join(group!.folder, file))).toBe(true);
  });

  it('draws base and tuned with the same seed, side by side', async (context) => {
    keepEvidence(context, () => workbench);
    await form.write('Pictures', 1);
    await form.write('Steps', 3);
    await form.frame.getByRole('heading', { name: 'Compare' }).click();
    await form.frame.getByRole('button', { name: 'Base and tuned' }).click();
    await form.frame.getByText('1 columns × 2 rows = 2 pictures').waitFor();
    await form.frame.locator('#compare').click();
    await form.frame.locator('#stop').waitFor();
    await form.rest();
    expect(await form.status.innerText()).toBe('2 pictures finished. Drawn on CPU.');
    const group = (await groups(workbench)).find(({ kind }) => kind === 'comparison');
    expect(group).toMatchObject({ status: 'finished', rows: ['Pocket model', 'mochi'] });
    expect(group!.pictures.map(({ prompt }) => prompt)).toEqual(['photo of a cat', 'photo of a <new1> cat']);
    const [base, tuned] = await Promise.all(group!.pictures.map(({ file }) => readFile(join(group!.folder, file))));
    expect(base!.equals(tuned!)).toBe(false);
  });

  it('shows both groups in the grid panel', async (context) => {
    keepEvidence(context, () => workbench);
    await form.frame.getByRole('button', { name: 'Open pictures' }).click();
    const grid = await workbench.webview('Pictures');
    await grid.getByRole('rowheader', { name: 'Pocket model' }).waitFor();
    await grid.getByRole('rowheader', { name: 'mochi' }).waitFor();
    await grid.getByText(/stopped at [23] of 4/).waitFor();
    await grid.getByRole('img', { name: 'photo of a <new1> cat, seed 2' }).waitFor();
    await workbench.screenshot('journey3-pictures');
  });
});

async function groups({ workspace }: Workbench): Promise<Group[]> {
  const root = join(workspace, '.custom-diffusion', 'pictures');
  const folders = (await readdir(root)).sort().map((name) => join(root, name));
  const read = async (folder: string) => ({
    ...(JSON.parse(await readFile(join(folder, 'group.json'), 'utf8')) as Group),
    folder,
  });
  return Promise.all(folders.map(read));
}
