import { ProductError } from '../../src/common/errors';
import type { ComputedOn, ComputingChoice } from '../../src/common/protocol/device';
import { cudaRemedy, examineCuda } from './cudaSetup';
import type { DeviceName } from './deviceName';
import { graphDevice } from './graphDevice';
import { computesInHalf } from './halfPrecision';
import { runOneOperator } from './probe';
import { refusal } from './runFailure';
import type { SessionOptions } from './session';

/** Devices that a graph ran on in this process. */
const tried = new Set<DeviceName>(['cpu']);

/**
 * The device that a choice stands for, once a small graph has run on it.
 * @throws ProductError `bad-config` where CUDA lacks something, `device` for a device that is not there
 */
export async function requireDevice(choice?: DeviceName | 'auto'): Promise<DeviceName> {
  const device = graphDevice(choice);
  if (tried.has(device)) return device;
  if (device === 'cuda') await requireCuda();
  await runOneOperator(device).catch((error: unknown) => {
    throw refusal(device, error instanceof Error ? error.message : String(error));
  });
  tried.add(device);
  return device;
}

/** How graphs use the machine, with nothing left open. */
export type RunsOn = SessionOptions & ComputedOn;

/** What is told of it. */
export function computedOnOf({ device, mixedPrecision }: RunsOn): ComputedOn {
  return { device, mixedPrecision };
}

/** What choices stand for. @throws ProductError as `requireDevice`, and `bad-config` for a precision that the device does not have */
export async function requireComputing(choice: ComputingChoice & { threads?: number }): Promise<RunsOn> {
  const device = await requireDevice(choice.device);
  return { device, threads: choice.threads, mixedPrecision: await computesInHalf(device, choice.precision) };
}

async function requireCuda(): Promise<void> {
  const setup = await examineCuda();
  if (!setup.obstacle && setup.libraries) return;
  const problem = setup.obstacle?.problem ?? "ONNX Runtime's CUDA library is not installed";
  throw new ProductError(
    'bad-config',
    'device',
    `computing on "cuda" is not possible here: ${problem}`,
    `${cudaRemedy(setup, '')}. Or use "auto" or "cpu"`,
  );
}

/** What computed, as the end of a sentence. */
export function describeComputing({ device, mixedPrecision }: ComputedOn): string {
  return mixedPrecision ? `${device}, products in 16 bits` : device;
}
