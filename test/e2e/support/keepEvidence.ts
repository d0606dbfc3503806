import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFailed, type TestContext } from 'vitest';
import type { Workbench } from './workbench';

/** Call it first in a test: when the test fails, a picture of the window and the logs are kept in `artifacts/failures/`. */
export function keepEvidence(context: TestContext, workbench: () => Workbench | undefined): void {
  onTestFailed(async () => {
    const window = workbench();
    if (!window) return;
    const name = context.task.name.replace(/[^\w]+/g, '-').toLowerCase();
    const folder = join('artifacts', 'failures', name);
    await mkdir(folder, { recursive: true });
    await window.page.screenshot({ path: join(folder, 'window.png') }).catch(() => {});
    const parts = [`webviews: ${(await window.webviews().catch(() => [])).join(', ')}`];
    for (const log of ['custom-diffusion', 'remoteexthost', 'remoteagent']) {
      parts.push(`── ${log}\n${await window.server.logs(log)}`);
    }
    await writeFile(join(folder, 'logs.txt'), parts.join('\n\n'));
    console.log(`kept ${folder}`);
  });
}
