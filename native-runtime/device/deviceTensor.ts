import type { Dtype } from '../tensorData';
import type { GraphDevice } from './graphDevice';

/**
 * A value in a device's memory, made by a session. It has no contents to be read here: sessions of the same device take it as
 * an input, `readTensors` copies it to the host, and it ends with `Session.free` or with the session that made it.
 */
export class DeviceTensor {
  constructor(
    readonly dtype: Dtype,
    readonly shape: readonly number[],
    readonly device: GraphDevice,
  ) {}
}
