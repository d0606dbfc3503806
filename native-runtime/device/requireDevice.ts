import { ProductError } from '../../src/common/errors';
import { cudaRemedy, examineCuda } from './cudaSetup';
import type { DeviceName } from './deviceName';
import { graphDevice } from './graphDevice';
import { runOneOperator } from './probe';
import { refusal } from './runFailure';

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
