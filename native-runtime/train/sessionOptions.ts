import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { graphDevice } from '../device/graphDevice';
import type { SessionOptions } from '../device/session';

/** How a run's graphs use the machine. @throws ProductError `bad-config` for a device that graphs are not built for */
export function sessionOptions({ device, threads }: Pick<ResolvedTrainConfig, 'device' | 'threads'>): SessionOptions {
  return { device: graphDevice(device), threads };
}
