import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeInWorkbench } from './support/describeInWorkbench';
import { keepEvidence } from './support/keepEvidence';
import { Workbench } from './support/workbench';

const runtime = 'dist/runtime.js';

describeInWorkbench('Journey 6: places where nothing may start', () => {
  describe('in a folder that is not trusted', () => {
    let folder: string;
    let workbench: Workbench;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'custom-diffusion-hostile-'));
      workbench = await Workbench.open({ workspace: await hostileWorkspace(folder), askForTrust: true });
      await workbench.page.getByRole('button', { name: /^Restricted Mode/ }).waitFor();
    });

    afterAll(async () => {
      await workbench?.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('says why nothing can be drawn or trained, and offers to manage trust', async (context) => {
      keepEvidence(context, () => workbench);
      const sideBar = await workbench.openViewContainer('Custom Diffusion');
      const prompt = await workbench.webview('Prompt');
      await prompt.getByText('This workspace is not trusted, so nothing can be drawn.').waitFor();
      await prompt.getByRole('button', { name: 'Manage Trust' }).waitFor();
      await prompt.getByRole('textbox', { name: 'Prompt', exact: true }).fill('photo of a cat');
      expect(await prompt.locator('#generate').getAttribute('disabled')).not.toBeNull();
      await sideBar.getByText('This workspace is not trusted, so nothing can be trained.').waitFor();
      await workbench.screenshot('journey6-restricted');
    });

    it('names the setting of the workspace that counts for nothing', async (context) => {
      keepEvidence(context, () => workbench);
      await workbench.notification(/customDiffusion\.runtime\.nodePath is set in \.vscode.settings\.json/);
    });

    it('offers nothing that trains or looks at pictures', async (context) => {
      keepEvidence(context, () => workbench);
      await workbench.openViewContainer('Explorer');
      expect(await workbench.explorerEntries('mochi-cat')).not.toContain('Fine-tune Concept…');
      expect(await workbench.explorerEntries('mochi-cat/01.png')).not.toContain('Inspect Attention…');
      expect(await workbench.commandsOffered('Custom Diffusion: Fine-tune')).not.toContain(
        'Custom Diffusion: Fine-tune Concept…',
      );
    });

    it.for([
      ['huge.safetensors', /header too large \(1099511627776 bytes declared/],
      ['overlapping.safetensors', /overlap/],
    ] as const)('shows what is wrong with %s', async ([file, problem], context) => {
      keepEvidence(context, () => workbench);
      await workbench.openFile(file);
      const viewer = await workbench.webviewShowing(`h1:text-is("${file}")`);
      await viewer.getByText('This file cannot be shown.').waitFor();
      expect(await viewer.locator('.problem').innerText()).toMatch(problem);
    });

    it('has started no runtime, nor the program that the workspace names', () => {
      expect(workbench.processes(runtime)).toEqual([]);
      expect(existsSync(join(folder, 'started'))).toBe(false);
    });

    it('keeps to its own program when the folder is trusted later', async (context) => {
      keepEvidence(context, () => workbench);
      await workbench.openViewContainer('Custom Diffusion');
      const prompt = await workbench.webview('Prompt');
      await prompt.getByRole('button', { name: 'Manage Trust' }).click();
      await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
      await (await workbench.webview('Prompt')).getByText(/of 77 tokens/).waitFor({ timeout: 120_000 });
      expect(workbench.processes(runtime)).toHaveLength(1);
      expect(existsSync(join(folder, 'started'))).toBe(false);
    });
  });

  describe('with folders that hold nothing to learn from', () => {
    let folder: string;
    let workbench: Workbench;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'custom-diffusion-empty-'));
      await mkdir(join(folder, 'no-pictures'));
      await writeFile(join(folder, 'no-pictures', 'notes.txt'), 'no picture');
      await mkdir(join(folder, 'broken-pictures'));
      await writeFile(join(folder, 'broken-pictures', 'torn.png'), Buffer.from('89504e470d0a1a0a00000000', 'hex'));
      await writeFile(join(folder, 'broken-pictures', 'text.jpg'), 'not a picture');
      await cp('media/concepts/mochi-cat/01.png', join(folder, 'broken-pictures', 'whole.png'));
      workbench = await Workbench.open({
        workspace: Object.fromEntries(['no-pictures', 'broken-pictures'].map((name) => [name, join(folder, name)])),
      });
    });

    afterAll(async () => {
      await workbench?.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('says that a folder has no pictures', async (context) => {
      keepEvidence(context, () => workbench);
      await workbench.openViewContainer('Explorer');
      await workbench.chooseInExplorer('no-pictures', 'Fine-tune Concept…');
      await workbench.notification(/picture/i);
      expect(workbench.processes(runtime)).toEqual([]);
    });

    it('names the pictures that are broken, and does not train without being told to', async (context) => {
      keepEvidence(context, () => workbench);
      await workbench.chooseInExplorer('broken-pictures', 'Fine-tune Concept…');
      const form = await workbench.webview(/^Fine-tune/, 120_000);
      await form.getByText('Files that are not used: 2').waitFor({ timeout: 120_000 });
      await workbench.screenshot('journey6-broken-pictures');
      expect(existsSync(join(workbench.workspace, '.custom-diffusion', 'runs'))).toBe(false);
    });
  });
});

/** Pictures, two weight files made to do harm, and a setting that names a program of the workspace. */
async function hostileWorkspace(folder: string): Promise<Record<string, string>> {
  const program = join(folder, 'program.sh');
  await writeFile(program, `#!/bin/sh\ntouch '${join(folder, 'started')}'\n`);
  await chmod(program, 0o755);
  const settings = { 'customDiffusion.runtime.nodePath': program };
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
  await writeFile(join(folder, 'huge'), Buffer.concat([length(2n ** 40n), Buffer.from('{')]));
  const tensor = { dtype: 'F32', shape: [2] };
  const header = Buffer.from(
    JSON.stringify({ a: { ...tensor, data_offsets: [0, 8] }, b: { ...tensor, data_offsets: [4, 12] } }),
  );
  await writeFile(
    join(folder, 'overlapping'),
    Buffer.concat([length(BigInt(header.length)), header, Buffer.alloc(12)]),
  );
  return {
    'mochi-cat': 'media/concepts/mochi-cat',
    '.vscode/settings.json': join(folder, 'settings.json'),
    'huge.safetensors': join(folder, 'huge'),
    'overlapping.safetensors': join(folder, 'overlapping'),
  };
}

function length(bytes: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(bytes);
  return buffer;
}
