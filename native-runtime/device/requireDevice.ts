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
  await runOneOperator(device).catch((error: unknown) => {
    throw refusal(device, error instanceof Error ? error.message : String(error));
  });
  tried.add(device);
  return device;
}
