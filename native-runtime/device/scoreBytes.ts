import { hostScoreBytes, type ScoreBytes } from '../autodiff/rule';
import type { DeviceName } from './deviceName';

/** Bytes of a tensor that every WebGPU adapter takes: the standard's smallest limit of a binding. */
export const bindableBytes = 128 * 2 ** 20;

/** How large the scores of an attention are made on a device. Adapters do not tell what more they would take, and slices cost little. */
export function scoreBytes(device: DeviceName): ScoreBytes {
  return device === 'webgpu' ? { sliced: bindableBytes + 1, slice: bindableBytes } : hostScoreBytes;
}
