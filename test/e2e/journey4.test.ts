import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeInWorkbench } from './support/describeInWorkbench';
import { keepEvidence } from './support/keepEvidence';
import { PromptForm } from './support/promptForm';
import { Workbench } from './support/workbench';

describeInWorkbench('Journey 4: where the model looked for two words of a picture', () => {
  let workbench: Workbench;
  let attention: FrameLocator;
  let plain: number[];

  beforeAll(async () => {
    workbench = await Workbench.open();
    const form = await PromptForm.open(workbench);
    await form.prompt.fill('photo of a cat on the beach');
    await form.write('Pictures', 1);
    await form.write('Steps', 8);
    await form.generate();
    await form.rest();
    await form.frame.getByRole('button', { name: 'Open pictures' }).click();
  }, 600_000);

  afterAll(() => workbench?.close());

  it('opens a picture of the grid with the maps that were saved with it', async (context) => {
    keepEvidence(context, () => workbench);
    const grid = await workbench.webview('Pictures');
    await grid.getByRole('img', { name: 'photo of a cat on the beach, seed 1' }).click();
    await grid.getByRole('button', { name: 'Inspect attention' }).click();
    attention = await workbench.webviewShowing('[data-chip]', 120_000);
    await attention.getByText('Maps saved when the picture was made.').waitFor();
    await attention.getByRole('img', { name: 'The picture without an overlay.' }).waitFor();
    plain = await pixels(attention);
  });

  it('draws an overlay of its own for each word', async (context) => {
    keepEvidence(context, () => workbench);
    await word('cat').click();
    await attention.getByRole('img', { name: /^Where the model looked for cat: mostly/ }).waitFor();
    const cat = await pixels(attention);
    expect(differing(cat, plain)).toBeGreaterThan(0.2);
    // Pointing at a word shows it alone.
    await word('beach').hover();
    await attention.getByRole('img', { name: /^Where the model looked for beach: mostly/ }).waitFor();
    const beach = await pixels(attention);
    expect(differing(beach, plain)).toBeGreaterThan(0.2);
    expect(differing(beach, cat)).toBeGreaterThan(0.2);
  });

  it('compares two pinned words in two colours, with their overlap as a number', async (context) => {
    keepEvidence(context, () => workbench);
    await word('beach').click();
    await attention.getByRole('heading', { name: 'Share of attention' }).hover();
    await attention.getByRole('img', { name: /^Where the model looked for cat and for beach\. Overlap / }).waitFor();
    expect(await attention.locator('[data-chip][aria-pressed=true]').count()).toBe(2);
    const overlap = Number(await attention.locator('.overlap-number').innerText());
    expect(overlap).toBeGreaterThan(0);
    expect(overlap).toBeLessThan(1);
    expect(differing(await pixels(attention), plain)).toBeGreaterThan(0.02);
    await workbench.screenshot('journey4-two-words');
  });

  it('saves what it shows where the dialog says', async (context) => {
    keepEvidence(context, () => workbench);
    const picture = join(workbench.workspace, 'two-words.png');
    await attention.getByRole('button', { name: 'Save Picture…' }).click();
    await workbench.answerFileDialog(picture);
    await vi.waitUntil(() => existsSync(picture), { timeout: 60_000 });
    const { width, height, format } = await sharp(picture).metadata();
    expect(format).toBe('png');
    expect(width).toBe(height);
    expect(width).toBeGreaterThanOrEqual(512);
    const table = join(workbench.workspace, 'words.csv');
    await attention.getByRole('button', { name: 'Save Table…' }).click();
    await workbench.answerFileDialog(table);
    await vi.waitUntil(() => existsSync(table), { timeout: 60_000 });
    expect((await readFile(table, 'utf8')).split('\n').filter((line) => /\b(cat|beach)\b/.test(line))).toHaveLength(2);
  });

  const word = (text: string) => attention.locator('button.chip.word').filter({ hasText: text });
});

/** What the test needs of the page's canvas. */
interface Canvas {
  width: number;
  height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

/** The colours of every eighth pixel of the canvas. */
async function pixels(frame: FrameLocator): Promise<number[]> {
  return frame.locator('canvas.overlay').evaluate((canvas: Canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return [...data].filter((_, at) => at % 32 < 3);
  });
}

/** The share of values that differ so much that an eye would see it. */
function differing(a: number[], b: number[]): number {
  expect(a).toHaveLength(b.length);
  return a.filter((value, at) => Math.abs(value - b[at]!) > 16).length / a.length;
}
