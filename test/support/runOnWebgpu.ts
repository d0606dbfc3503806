import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundleProgram } from './bundleProgram';
import { webgpuEnvironment } from './describeOnWebgpu';
import type { WebgpuTask } from './webgpuTasks';

/** Bundles the program of {@link WebgpuTask} for the tests of a file. Returns what runs a task in a process of its own. */
export function webgpuRunner(): <T>(task: WebgpuTask) => Promise<T> {
  const outfile = resolve(`node_modules/.cache/custom-diffusion-tests/webgpu-${process.pid}.cjs`);
  beforeAll(async () => {
    await bundleProgram(resolve('test/support/webgpuProcess.ts'), outfile);
  }, 120_000);
  afterAll(() => rmSync(outfile, { force: true }));
  return async <T>(task: WebgpuTask) => JSON.parse(await run([outfile, JSON.stringify(task)])) as T;
}

/** Runs a program of Node where SwiftShader is the graphics processor. Returns its output. @throws when it ends badly */
export function run(args: readonly string[], env = webgpuEnvironment()): Promise<string> {
  return new Promise((done, fail) => {
    const options = { env, maxBuffer: 2 ** 26 };
    const child = execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (!error) return done(stdout);
      fail(new Error(`ended by ${child.signalCode ?? `status ${child.exitCode}`}: ${stderr}${stdout}`));
    });
  });
}
