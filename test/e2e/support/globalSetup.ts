import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { WorkbenchLayout } from './layout';

/** What the tests get from here: the packaged extension, and the workbench or the reason why there is none. */
export interface ProvidedWorkbench {
  vsix?: string;
  layout?: WorkbenchLayout;
  unavailable?: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    workbench: ProvidedWorkbench;
  }
}

/**
 * Packs the extension as it is now and finds or builds the workbench, once for all test files.
 * With `REUSE_PACKAGE=1` the package made before is tested.
 */
export function setup(project: TestProject): void {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  if (process.env['REUSE_PACKAGE'] !== '1') execFileSync('npm', ['run', '--silent', 'package'], { stdio: 'inherit' });
  const vsix = resolve('artifacts', `custom-diffusion-${process.platform}-${process.arch}-${version}.vsix`);
  const found = execFileSync('node', ['scripts/workbench.mjs', '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const workbench = JSON.parse(found) as WorkbenchLayout & { unavailable?: string };
  if (workbench.unavailable) {
    console.warn(`\nTests in the workbench are SKIPPED: ${workbench.unavailable}\n`);
    project.provide('workbench', { vsix, unavailable: workbench.unavailable });
  } else {
    project.provide('workbench', { vsix, layout: workbench });
  }
}
