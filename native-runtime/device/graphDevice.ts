import { ProductError } from '../../src/common/errors';
import type { DeviceName } from './probe';

/** Devices that graphs are built for. */
export const graphDevices = ['cpu', 'webgpu', 'cuda'] as const satisfies readonly DeviceName[];

/** One of {@link graphDevices}. */
export type GraphDevice = (typeof graphDevices)[number];

/**
 * The device that a choice stands for: left to the product it is the processor, which every machine has.
 * @throws ProductError `bad-config` for a device that graphs are not built for
 */
export function graphDevice(choice: DeviceName | 'auto' = 'auto'): GraphDevice {
  if (choice === 'auto') return 'cpu';
  const known = graphDevices.find((device) => device === choice);
  if (known) return known;
  const names = ['auto', ...graphDevices].map((name) => `"${name}"`).join(', ');
  throw new ProductError('bad-config', 'device', `computing on "${choice}" is not possible yet`, `Use one of ${names}`);
}
