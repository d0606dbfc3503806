import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { bundleProgram } from './bundleProgram';
import type { ChildTask } from './childRun';

/** How a child process ended. */
export interface ChildEnd {
  /** The run's folder, the first line of its output. */
  folder: string;
  signal: string | null;
  status: number | null;
  stderr: string;
}

/** Bundles the child program into a file beside the packages, where it finds the native ones. */
export async function bundleChild(): Promise<string> {
  const folder = resolve('node_modules/.cache/custom-diffusion-tests');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `childRun-${process.pid}.cjs`);
  await bundleProgram(resolve('test/support/childRun.ts'), outfile);
  afterAll(() => rmSync(outfile, { force: true }));
  return outfile;
}

/** Runs a task in a process of its own. */
export function runChild(program: string, task: ChildTask, taskFile: string): Promise<ChildEnd> {
  writeFileSync(taskFile, JSON.stringify(task));
  return new Promise((done) => {
    const child = execFile(process.execPath, [program, taskFile], (_error, stdout, stderr) =>
      done({ folder: stdout.split('\n')[0]!, signal: child.signalCode, status: child.exitCode, stderr }),
    );
  });
}
