import { ProductError } from '../../src/common/errors';
import { cudaRemedy, examineCuda } from './cudaSetup';
import { graphDevice, type GraphDevice } from './graphDevice';
import { runOneOperator, type DeviceName } from './probe';
import { refusal } from './runFailure';

/** Devices that a graph ran on in this process. */
const tried = new Set<GraphDevice>(['cpu']);

/**
 * The device that a choice stands for, once a small graph has run on it.
 * @throws ProductError `bad-config` for a device that graphs are not built for, `device` for one that is not there
 */
export async function requireDevice(choice?: DeviceName | 'auto'): Promise<GraphDevice> {
  const device = graphDevice(choice);
  if (tried.has(device)) return device;
  if (device === 'cuda') await requireCuda();
  await runOneOperator(device).catch((error: unknown) => {
    throw refusal(device, error instanceof Error ? error.message : String(error));
  });
  tried.add(device);
  return device;
}

/** What is known to be missing is said without loading anything. */
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
