import type { DeviceProbe } from '../../src/common/protocol/device';

/** One of the devices that graphs may run on. */
export type DeviceName = DeviceProbe['name'];
