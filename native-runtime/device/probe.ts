import { fork } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { stripVTControlCharacters } from 'node:util';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import './withoutTelemetry';
import { deviceNames, type DeviceProbe } from '../../src/common/protocol/device';
import { add } from '../graph/operators/elementwise';
import { writeModel } from '../graph/model';
import { input } from '../graph/tensor';
import type { DeviceName } from './deviceName';
import { cudaRemedy, describeCuda, examineCuda } from './cudaSetup';
import { runInHalf } from './halfGraph';
import { PROBE_ARGUMENT } from './probeArgument';
import { hasCudaLibraries, loadedLibraries, loadingProblem } from './runtimeLibraries';

/** What a probe tells its parent process, in one message or two; without an error the graph ran. */
interface ProbeAnswer {
  error?: string;
  /** Of WebGPU: a graph in 16 bits ran as well. */
  half?: boolean;
}

let ownProgram: string | undefined;

/** The file that this process runs, if it can be started with {@link PROBE_ARGUMENT}. */
export function probeProgram(): string | undefined {
  return ownProgram;
}

/** Names the file that this process runs, for probes that need a process of their own. It must understand {@link PROBE_ARGUMENT}. */
export function setProbeProgram(program: string): void {
  ownProgram = program;
}

/** Loading a provider for the first time reads some hundred megabytes. */
const LIMIT_MS = 60_000;

/** The version of ONNX Runtime. */
export const onnxRuntimeVersion: string = env.versions.node ?? env.versions.common;

/** Compiles a graph of one operator for a device alone, runs it and checks the result. @throws what ONNX Runtime throws */
export async function runOneOperator(device: DeviceName): Promise<void> {
  const { bytes } = writeModel({ sum: add(input('a', [4]), input('b', [4])) });
  const session = await InferenceSession.create(bytes, {
    executionProviders: [device],
    logSeverityLevel: 4,
    // Otherwise an operator that the device refuses would run on the processor unnoticed.
    ...(device === 'cpu' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  });
  try {
    const feeds = { a: floats([1, 2, 3, 4]), b: floats([10, 20, 30, 40]) };
    const { sum } = await session.run(feeds);
    const values = (sum!.data as Float32Array).join();
    if (values !== '11,22,33,44') throw new Error(`1,2,3,4 + 10,20,30,40 gave ${values}`);
  } finally {
    await session.release();
  }
}

/**
 * Tries every device. The processor is tried here; the others in processes of their own, since their drivers may end the process.
 * @param program the file of the runtime, which understands {@link PROBE_ARGUMENT}
 */
export async function probeDevices(program: string, signal: AbortSignal): Promise<DeviceProbe[]> {
  const probes: DeviceProbe[] = [];
  for (const name of deviceNames) {
    const started = performance.now();
    const answer = name === 'cpu' ? await answerOf('cpu') : await probeInChild(program, name, signal);
    const milliseconds = Math.round(performance.now() - started);
    probes.push({ name, usable: answer.error === undefined, ...(await describe(name, answer)), milliseconds });
  }
  return probes;
}

/** The whole life of a process that was started with {@link PROBE_ARGUMENT}. */
export async function probeAsChild(device: string): Promise<void> {
  const name = deviceNames.find((known) => known === device);
  const answer = name ? await answerOf(name) : { error: `there is no device "${device}"` };
  await tellParent(answer);
  // After the first answer: an adapter without 16 bits may end the process by this.
  if (name === 'webgpu' && answer.error === undefined)
    await tellParent({
      half: await runInHalf().then(
        () => true,
        () => false,
      ),
    });
  // Ended by hand: a provider's own threads may keep the process alive.
  process.exit(0);
}

function answerOf(device: DeviceName): Promise<ProbeAnswer> {
  return runOneOperator(device).then(
    () => ({}),
    (error: unknown) => ({ error: [messageOf(error), ...explain(device)].join('\n') }),
  );
}

function tellParent(answer: ProbeAnswer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(answer, undefined, undefined, () => resolve());
    else resolve();
  });
}

function explain(device: DeviceName): string[] {
  const folder = loadedLibraries();
  const problem = device === 'cuda' && hasCudaLibraries(folder) ? loadingProblem(folder) : undefined;
  return problem === undefined ? [] : [problem];
}

/** Tries one device in a process of its own. @param program as for {@link probeDevices} */
export function probeInChild(program: string, device: DeviceName, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const child = fork(program, [PROBE_ARGUMENT, device], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let stderr = '';
    let answer: ProbeAnswer | undefined;
    let ended = '';
    const stop = (why: string) => {
      ended = why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(`no answer within ${LIMIT_MS / 1000} s`), LIMIT_MS);
    const abort = () => stop('stopped');
    signal.addEventListener('abort', abort);
    child.stderr?.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-4000)));
    child.on('message', (message) => (answer = { ...answer, ...(message as ProbeAnswer) }));
    child.on('error', (error) => (ended = error.message));
    child.on('close', (code, by) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (answer) return resolve(answer);
      const how = ended || `the process ended (${by ?? `status ${code}`})`;
      resolve({ error: [how, stripVTControlCharacters(stderr).trim()].filter(Boolean).join(': ') });
    });
  });
}

async function describe(
  name: DeviceName,
  { error, half }: ProbeAnswer,
): Promise<Pick<DeviceProbe, 'detail' | 'error' | 'remedy' | 'installable'>> {
  const failure = error === undefined ? {} : { error };
  switch (name) {
    case 'cpu':
      return { detail: `${cpus()[0]?.model.trim() || process.arch}, ${availableParallelism()} cores`, ...failure };
    case 'webgpu': {
      if (error === undefined)
        return { detail: `a graphics processor through WebGPU, ${half ? 'with' : 'without'} 16-bit arithmetic` };
      const remedy = 'Install the driver of the graphics processor; without one the processor is used';
      return { detail: 'no graphics processor can be used through WebGPU', ...failure, remedy };
    }
    case 'cuda': {
      const setup = await examineCuda();
      if (error === undefined) return { detail: describeCuda(setup) };
      const installable = !setup.obstacle && !setup.libraries;
      return { detail: describeCuda(setup), ...failure, remedy: cudaRemedy(setup, error), installable };
    }
  }
}

function floats(values: number[]): Tensor {
  return new Tensor('float32', Float32Array.from(values), [values.length]);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}
