import type { DeviceName } from './deviceName';

/** The device that a choice stands for: left to the product it is the processor, which every machine has. */
export function graphDevice(choice: DeviceName | 'auto' = 'auto'): DeviceName {
  return choice === 'auto' ? 'cpu' : choice;
}
