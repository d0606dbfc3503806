import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInWorkbench } from './support/describeInWorkbench';
import { keepEvidence } from './support/keepEvidence';
import { Workbench } from './support/workbench';

/** Runs in the page, whose types the tests do not know. */
const naturalWidth = (image: unknown) => (image as { naturalWidth: number }).naturalWidth;

const group = '.custom-diffusion/pictures/2026-11-23T10-00-00-holiday';

describeInWorkbench('Pictures that others put into the folder', () => {
  let scratch: string;
  let workbench: Workbench;
  let grid: FrameLocator;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'custom-diffusion-pictures-'));
    for (const [name, side] of [
      ['large', 1024],
      ['small', 64],
    ] as const)
      await sharp({ create: { width: side, height: side, channels: 3, background: 'teal' } })
        .png()
        .toFile(join(scratch, `${name}.png`));
    workbench = await Workbench.open({
      workspace: {
        [`${group}/0001-1.png`]: join(scratch, 'large.png'),
        [`${group}/0002-2.png`]: join(scratch, 'small.png'),
      },
    });
    await workbench.runCommand('Custom Diffusion: Open Pictures');
    grid = await workbench.webview('Pictures');
  }, 300_000);

  afterAll(async () => {
    await workbench?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  const sourceOf = (seed: number) => grid.getByRole('img', { name: `seed ${seed}` }).getAttribute('src');

  it('are shown as small copies when they are large', async (context) => {
    keepEvidence(context, () => workbench);
    await grid.locator('img[src*="/cache/pictures/"]').waitFor({ timeout: 60_000 });
    expect(await sourceOf(1)).toMatch(/\/cache\/pictures\/[0-9a-f]{32}\.webp$/);
    expect(await sourceOf(2)).toMatch(/0002-2\.png$/);
    const copy = grid.locator('img[src*="/cache/pictures/"]');
    await expect.poll(() => copy.evaluate(naturalWidth)).toBe(512);
  });

  it('appear, change and vanish with their files', async (context) => {
    keepEvidence(context, () => workbench);
    const folder = join(workbench.workspace, group);
    await copyFile(join(scratch, 'small.png'), join(folder, '0003-3.png'));
    await grid.getByRole('img', { name: 'seed 3' }).waitFor({ timeout: 30_000 });
    await copyFile(join(scratch, 'large.png'), join(folder, '0003-3.png'));
    await grid.locator('img[src*="/cache/pictures/"]').nth(1).waitFor({ timeout: 30_000 });
    await rm(join(folder, '0003-3.png'));
    await grid.getByRole('img', { name: 'seed 3' }).waitFor({ state: 'detached', timeout: 30_000 });
  });
});
