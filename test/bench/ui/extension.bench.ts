import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject, it } from 'vitest';
import { describeInWorkbench } from '../../e2e/support/describeInWorkbench';
import { trainedRun } from '../../e2e/support/trainedRun';
import { Workbench } from '../../e2e/support/workbench';
import { activationTime } from './activation';
import { bundleSizes } from './bundles';
import { Figures, spread } from './figures';
import { contentSelectors, firstPaints, workspaceNames } from './firstPaint';
import { PageProbe } from './pageProbe';
import { redraws } from './redraw';
import { RuntimeCounter } from './runtimeCounter';
import { writePictures } from './samplePictures';
import { writeLongRun } from './sampleRun';
import { scrollFrames } from './scrolling';
import { trainingMessages } from './trainingMessages';

const points = 10_000;
const pictures = 500;
const activations = 5;
const rounds = 3;
const runName = '2026-01-01T00-00-bench';

describeInWorkbench('the extension', () => {
  const figures = new Figures();
  let folder: string;
  let workbench: Workbench;
  let probe: PageProbe;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'custom-diffusion-bench-'));
    const kept = join(folder, '.custom-diffusion');
    await writeLongRun(join(kept, 'runs', runName), points);
    await writePictures(join(kept, 'pictures'), pictures);
    await cp(join(await trainedRun(), 'delta.safetensors'), join(folder, workspaceNames.delta));
    const workspace = {
      [workspaceNames.concept]: 'media/concepts/mochi-cat',
      [workspaceNames.picture]: 'media/concepts/mochi-cat/01.png',
      [workspaceNames.delta]: join(folder, workspaceNames.delta),
      '.custom-diffusion': kept,
    };
    workbench = await Workbench.open({ workspace });
    probe = await PageProbe.attach(workbench.page, contentSelectors);
  });

  afterAll(async () => {
    await workbench?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('bundle sizes', async () => {
    const { pagesGzipped, extension } = await bundleSizes();
    figures.note('bundles', { unit: 'KB', pagesGzipped, pageLimit: 150, extension });
  });

  it('activation', async () => {
    const times: number[] = [];
    for (let count = 0; count < activations; count++) {
      await workbench.reload();
      times.push(await activationTime(workbench));
      console.error(`activation: ${times.at(-1)} ms`);
    }
    figures.note('activation', { unit: 'ms', goal: 'below 50', measuredBy: 'VS Code', ...spread(times, 0) });
  });

  it('first paint', async () => {
    await workbench.reload();
    figures.note('firstPaint', {
      unit: 'ms',
      goal: 'below 300 after the webview is created',
      ...(await firstPaints(workbench, probe, rounds)),
    });
  });

  it('redraw of the loss chart', async () => {
    await workbench.reload();
    await workbench.runCommand('Custom Diffusion: Open Run');
    const run = await workbench.webview(runName, 120_000);
    await run.locator('#run-chart canvas').waitFor();
    figures.note('redraw', { unit: 'ms', goal: 'below 16', points, ...(await redraws(workbench, run, points)) });
  });

  it('scrolling of the gallery', async () => {
    await workbench.reload();
    await workbench.runCommand('Custom Diffusion: Open Pictures');
    const gallery = await workbench.webview('Pictures', 120_000);
    figures.note('scrolling', { unit: 'ms a frame', pictures, ...(await scrollFrames(workbench, gallery)) });
  });

  it('messages while training', async () => {
    const counter = await RuntimeCounter.install(workbench, inject('workbench').layout!);
    figures.note('training', { goal: 'no dropped point', ...(await trainingMessages(workbench, probe, counter)) });
  });
});
