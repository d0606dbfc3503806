import { execFile, fork, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundleProgram } from './bundleProgram';
import { webgpuEnvironment } from './describeOnWebgpu';
import type { TaskMessage } from './webgpuProcess';
import type { WebgpuTask } from './webgpuTasks';

/** How tasks on WebGPU are done. */
export interface WebgpuRunner {
  /** In one process for all, one after the other. */
  onWebgpu<T>(task: WebgpuTask): Promise<T>;
  /** In a process of its own. @throws when that ends badly */
  alone<T>(task: WebgpuTask): Promise<T>;
}

/** Bundles the program of {@link WebgpuTask} for the tests of a file. */
export function webgpuRunner(): WebgpuRunner {
  const outfile = resolve(`node_modules/.cache/custom-diffusion-tests/webgpu-${process.pid}.cjs`);
  let shared: ChildProcess | undefined;
  beforeAll(async () => {
    await bundleProgram(resolve('test/support/webgpuProcess.ts'), outfile);
  }, 120_000);
  afterAll(() => {
    if (shared?.connected) shared.disconnect();
    rmSync(outfile, { force: true });
  });
  return {
    onWebgpu: <T>(task: WebgpuTask) => {
      // After a process that ended the next task gets another.
      if (!shared?.connected) shared = fork(outfile, [], { env: webgpuEnvironment(), execArgv: [] });
      return answerOf<T>(shared, task);
    },
    alone: async <T>(task: WebgpuTask) => JSON.parse(await run([outfile, JSON.stringify(task)])) as T,
  };
}

function answerOf<T>(child: ChildProcess, task: WebgpuTask): Promise<T> {
  return new Promise((done, fail) => {
    const ended = () => fail(new Error(`ended by ${child.signalCode ?? `status ${child.exitCode}`}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      const { result, error } = message as { result?: T; error?: string };
      if (error === undefined) done(result as T);
      else fail(new Error(error));
    });
    child.send({ task } satisfies TaskMessage);
  });
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
