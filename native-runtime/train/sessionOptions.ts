import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { graphDevice } from '../device/graphDevice';
import { computesInHalf } from '../device/halfPrecision';
import type { RunsOn } from '../device/requireDevice';

/** How a run's graphs use the machine. @throws ProductError `bad-config` for a precision that the device does not have */
export async function sessionOptions({
  device: choice,
  precision,
  threads,
}: Pick<ResolvedTrainConfig, 'device' | 'precision' | 'threads'>): Promise<RunsOn> {
  const device = graphDevice(choice);
  return { device, threads, mixedPrecision: await computesInHalf(device, precision) };
}
