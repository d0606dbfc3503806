import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { WorkbenchLayout } from './layout';

/** What the tests get from here: both packages, and the workbench or the reason why there is none. */
export interface ProvidedWorkbench {
  vsix: string;
  hostTests: { vsix: string; tests: Record<string, string[]> };
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
  const hostTests = ask<ProvidedWorkbench['hostTests']>('scripts/buildHostTests.mjs');
  const { unavailable, ...layout } = ask<WorkbenchLayout & { unavailable?: string }>('scripts/workbench.mjs');
  if (unavailable) console.warn(`\nTests in the workbench are SKIPPED: ${unavailable}\n`);
  project.provide('workbench', { vsix, hostTests, ...(unavailable ? { unavailable } : { layout }) });
}

/** Runs one of our scripts and returns what it says; its progress goes to the screen. */
function ask<T>(script: string): T {
  const output = execFileSync(process.execPath, [script, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as T;
}
