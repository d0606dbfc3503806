import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { HostResult } from '../host/runSuites';
import { describeInWorkbench } from './support/describeInWorkbench';
import { Workbench } from './support/workbench';

const { vsix, hostTests } = inject('workbench');

describeInWorkbench('host tests, in the extension host of the workbench (not test-electron)', () => {
  let workbench: Workbench;
  let folder: string;
  let results: HostResult[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'custom-diffusion-host-'));
    const file = join(folder, 'results.json');
    workbench = await Workbench.open({
      workspace: { 'mochi-cat': 'media/concepts/mochi-cat' },
      extensions: [vsix, hostTests.vsix],
      environment: { HOST_TEST_RESULTS: file },
    });
    results = await waitForResults(file, 240_000);
  });

  afterAll(async () => {
    await workbench?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  for (const [suite, names] of Object.entries(hostTests.tests)) {
    describe(suite, () => {
      it.each(names)('%s', (name) => {
        const result = results.find((candidate) => candidate.suite === suite && candidate.name === name);
        expect(result, 'the test did not run').toBeDefined();
        expect(result?.error).toBeUndefined();
      });
    });
  }
});

async function waitForResults(file: string, patience: number): Promise<HostResult[]> {
  const deadline = Date.now() + patience;
  while (!existsSync(file)) {
    if (Date.now() > deadline) throw new Error('the host tests did not report: did their extension start?');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return JSON.parse(await readFile(file, 'utf8')) as HostResult[];
}
