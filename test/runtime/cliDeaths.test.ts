import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bundledCommandLine } from '../support/bundledCommandLine';
import { childrenOf } from '../support/processUse';
import { eventually } from '../support/standIn';
import { temporaryFolder } from '../support/temporaryFolder';
import { tinyBase } from '../support/tinyRun';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const limitMs = 300_000;

const bundle = bundledCommandLine();
const folder = temporaryFolder();
const concept = ['--concept', resolve('media/concepts/mochi-cat'), '--class', 'cat', '--prior', 'none'];
const quick = ['--sample-every', '0', '--no-augmentation', '--no-flip', '--threads', '1', '--resolution', '64'];
const endless = ['--steps', '100000', '--checkpoint-every', '2'];
const part = join('unet', 'diffusion_pytorch_model.safetensors');

/** A command under way. */
interface Started {
  parent: ChildProcess;
  /** What both its processes wrote. */
  output: () => string;
  /** Exit code and signal, and what was written. */
  end: Promise<{ code: number | null; signal: string | null; out: string; err: string }>;
}

function start(...args: string[]): Started {
  const parent = spawn(process.execPath, [bundle, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  let [out, err] = ['', ''];
  parent.stdout.on('data', (data: Buffer) => (out += data.toString()));
  parent.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const end = new Promise<Awaited<Started['end']>>((done) =>
    parent.on('close', (code, signal) => done({ code, signal, out, err })),
  );
  return { parent, output: () => out + err, end };
}

/** Starts a training and waits for its second checkpoint. */
async function startTraining(output: string, ...args: string[]): Promise<Started & { child: number; run: string }> {
  const started = start('train', ...concept, ...quick, ...endless, '--output', output, ...args);
  await eventually(() => /checkpoint: .*000004/.test(started.output()) || started.parent.exitCode !== null, limitMs);
  const [child] = childrenOf(started.parent.pid!);
  const [name] = readdirSync(output).filter((entry) => /^\d/.test(entry));
  return { ...started, child: child!, run: join(output, name!) };
}

/** Runs a command to its end. */
function run(...args: string[]) {
  return spawnSync(process.execPath, [bundle, ...args], { encoding: 'utf8' });
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)!;
const isAlive = (pid: number) => existsSync(`/proc/${pid}`);
const statusOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as unknown;

describe.skipIf(process.platform !== 'linux')('a command whose process dies', () => {
  it('F3 is said to have run out of memory, with the command that needs less, which works', async () => {
    const killed = await startTraining(join(folder, 'killed'), '--instance-rows', '2');
    process.kill(killed.child, 'SIGKILL');
    const { code, err } = await killed.end;
    expect(code, err).toBe(137);
    const line = lastLine(err);
    expect(line).toContain(
      `error: ${killed.run}: the system killed the command, probably because memory ran out (SIGKILL)`,
    );
    const [, offered] = /with less: custom-diffusion (train .*)$/.exec(line) ?? [];
    expect(offered, line).toContain(killed.run);

    const again = start(...offered!.split(' '));
    await eventually(() => /training \d/.test(again.output()) || again.parent.exitCode !== null, limitMs);
    again.parent.kill('SIGTERM');
    const { code: status, out, err: words } = await again.end;
    expect(status, words).toBe(130);
    expect(out).toMatch(/Stopped after step \d+/);
  });

  it('F3 without less to offer goes on from its checkpoint', async () => {
    const killed = await startTraining(join(folder, 'smallest'), '--base', tinyBase, '--instance-rows', '1');
    process.kill(killed.child, 'SIGKILL');
    const { code, err } = await killed.end;
    expect(code, err).toBe(137);
    const [, command] = /(?:with less|To go on): custom-diffusion (train --resume .*)$/.exec(lastLine(err)) ?? [];
    const again = start(...command!.split(' '));
    await eventually(() => /training \d/.test(again.output()) || again.parent.exitCode !== null, limitMs);
    again.parent.kill('SIGINT');
    expect((await again.end).code).toBe(130);
  });

  it('A29 names the model file that was cut off in sampling, and in training how to go on', async () => {
    // Weights of 32 bits are read where they lie in the mapped file.
    const base = join(folder, 'base');
    cpSync(tinyBase, base, { recursive: true });
    const file = join(base, part);
    const prompt = ['--prompt', 'a cat', '--size', '64', '--threads', '1', '--steps', '500', '--seeds', '1-100'];
    const sampling = start('sample', '--base', base, ...prompt, '--output', join(folder, 'pictures'));
    await eventually(() => /drawing|picture/.test(sampling.output()) || sampling.parent.exitCode !== null, limitMs);
    truncateSync(file, 4096);
    const { code, err } = await sampling.end;
    expect(code, err).toBe(135);
    expect(lastLine(err)).toMatch(/the model file was changed .* now 4096 \(SIGBUS\)\. Put the file back as it was$/);
    expect(lastLine(err)).toContain(`error: ${file}: `);
    copyFileSync(join(tinyBase, part), file);

    const training = await startTraining(join(folder, 'cut'), '--base', base, '--instance-rows', '1');
    // The end of the process at whatever moment: a cut that the watch of the run finds is tested elsewhere.
    process.kill(training.child, 'SIGSTOP');
    truncateSync(file, 4096);
    process.kill(training.child, 'SIGBUS');
    process.kill(training.child, 'SIGCONT');
    const cut = await training.end;
    expect(cut.code, cut.err).toBe(135);
    expect(lastLine(cut.err)).toContain(`error: ${file}: the model file was changed`);
    expect(lastLine(cut.err)).toContain(
      `Put the file back as it was. To go on: custom-diffusion train --resume ${training.run}`,
    );
  });
});

describe.skipIf(process.platform !== 'linux')('requests to stop', () => {
  it('SIGTERM for the process that was started stops after the step and saves', async () => {
    const training = await startTraining(join(folder, 'terminated'), '--base', tinyBase);
    training.parent.kill('SIGTERM');
    const { code, out, err } = await training.end;
    expect(code, err).toBe(130);
    expect(out).toMatch(/Stopped after step \d+/);
    expect(err).toContain('Press Ctrl-C again');
    expect(isAlive(training.child)).toBe(false);
  });

  it('Ctrl-C of a terminal reaches both processes and counts once', async () => {
    const training = await startTraining(join(folder, 'pressed'), '--base', tinyBase);
    process.kill(training.child, 'SIGINT');
    training.parent.kill('SIGINT');
    const { code, out, err } = await training.end;
    expect(code, err).toBe(130);
    expect(out).toMatch(/Stopped after step \d+/);
  });

  it('the end of a terminal reaches both processes; the run is saved', async () => {
    const training = await startTraining(join(folder, 'closed'), '--base', tinyBase);
    process.kill(training.child, 'SIGHUP');
    training.parent.kill('SIGHUP');
    training.parent.stderr!.destroy();
    expect((await training.end).code).toBe(130);
    expect(statusOf(training.run)).toMatchObject({ status: 'stopped' });
  });

  it('a killed parent leaves no process behind, and the run is saved', async () => {
    const training = await startTraining(join(folder, 'orphan'), '--base', tinyBase);
    training.parent.kill('SIGKILL');
    // Nobody reads what the other one still writes.
    training.parent.stdout!.destroy();
    training.parent.stderr!.destroy();
    expect(await training.end).toMatchObject({ signal: 'SIGKILL' });
    await eventually(() => !isAlive(training.child), limitMs);
    expect(statusOf(training.run)).toMatchObject({ status: 'stopped' });
    expect(readdirSync(training.run)).not.toContain('.lock');
  });

  it('a command that was asked twice and cannot end by itself is ended', async () => {
    const training = await startTraining(join(folder, 'stuck'), '--base', tinyBase);
    process.kill(training.child, 'SIGSTOP');
    training.parent.kill('SIGINT');
    setTimeout(() => training.parent.kill('SIGINT'), 100);
    const { code, err } = await training.end;
    expect({ code, said: err.includes('error:') }).toEqual({ code: 130, said: false });
    expect(isAlive(training.child)).toBe(false);
  });
});

describe('what is seen of the two processes', () => {
  const sample = ['sample', '--base', tinyBase, '--prompt', 'a cat', '--size', '64', '--steps', '1', '--threads', '1'];

  it('results, errors and statuses are those of the command', () => {
    const made = run(...sample, '--json', '--output', join(folder, 'made'));
    expect(made.status, made.stderr).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ pictures: [{ prompt: 'a cat' }] });
    const bad = run('sample', '--json');
    expect(bad).toMatchObject({ status: 2, stdout: '', stderr: 'error: --prompt: is missing. Say what to draw\n' });
  });

  it.skipIf(process.platform === 'win32')('a reader that has seen enough is no error', () => {
    const command = `"${process.execPath}" "${bundle}" ${sample.map((arg) => `"${arg}"`).join(' ')} --output "${folder}/read" --json`;
    const piped = spawnSync('bash', ['-c', `set -o pipefail; ${command} | head -c 1`], { encoding: 'utf8' });
    expect(piped).toMatchObject({ status: 0, stdout: '{' });
  });

  it('only a command that computes has two processes', () => {
    const [log, note] = [join(folder, 'processes'), join(folder, 'note.cjs')];
    writeFileSync(note, `require('node:fs').appendFileSync(${JSON.stringify(log)}, 'x')`);
    const processes = (...args: string[]) => {
      writeFileSync(log, '');
      spawnSync(process.execPath, ['--require', note, bundle, ...args]);
      return readFileSync(log, 'utf8').length;
    };
    expect(processes('layers')).toBe(1);
    expect(processes('train', '--help')).toBe(1);
    expect(processes('sample')).toBe(2);
  });
});
