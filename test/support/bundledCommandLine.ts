import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundleProgram } from './bundleProgram';

/**
 * The command line as in `dist/`, built before the tests of a file and removed after them. It lies inside the project: from
 * there it finds its native packages and its media folder, as `dist/` does.
 */
export function bundledCommandLine(): string {
  const folder = join(__dirname, '../../artifacts', `cli-test-${process.pid}`);
  const outfile = join(folder, 'cli.js');
  beforeAll(async () => {
    const entries = join(__dirname, '../../native-runtime/entry');
    await bundleProgram(join(entries, 'cli.ts'), outfile, ['./commandLine']);
    await bundleProgram(join(entries, 'commandLine.ts'), join(folder, 'commandLine.js'));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return outfile;
}
