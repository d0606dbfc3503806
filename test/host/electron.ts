import { writeFile } from 'node:fs/promises';
import { runSuites } from './runSuites';

/** What `@vscode/test-electron` calls inside a desktop VS Code. */
export async function run(): Promise<void> {
  const results = await runSuites();
  const path = process.env['HOST_TEST_RESULTS'];
  if (path) await writeFile(path, JSON.stringify(results, null, 2));
  const failed = results.filter((result) => !result.passed);
  if (failed.length > 0) throw new Error(failed.map(({ suite, name }) => `${suite}: ${name}`).join('\n'));
}
