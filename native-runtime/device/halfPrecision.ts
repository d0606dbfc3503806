import { ProductError } from '../../src/common/errors';
import type { ComputingChoice } from '../../src/common/protocol/device';
import type { DeviceName } from './deviceName';
import { probeInChild, probeProgram } from './probe';

/**
 * Whether the products of graphs are computed in 16 bits. Always with CUDA; with WebGPU where the adapter has such arithmetic; never on
 * the processor, which would only imitate it.
 * @param webgpuHasHalf asks the adapter
 * @throws ProductError `bad-config` when it is asked for and not possible
 */
export async function computesInHalf(
  device: DeviceName,
  choice: ComputingChoice['precision'] = 'auto',
  webgpuHasHalf: () => Promise<boolean> = adapterHasHalf,
): Promise<boolean> {
  if (choice === 'single') return false;
  if (device === 'cuda' || (device === 'webgpu' && (await webgpuHasHalf()))) return true;
  if (choice === 'auto') return false;
  const problem =
    device === 'cpu' ? 'the processor computes in 32 bits' : 'this graphics processor has no 16-bit arithmetic';
  throw new ProductError('bad-config', 'precision', problem, 'Use "auto" or "single"');
}

let known: Promise<boolean> | undefined;

/** Whether the WebGPU adapter computes in 16 bits. Found out once, in a process of its own, which may end by it. */
export function adapterHasHalf(): Promise<boolean> {
  const program = probeProgram();
  // A program that cannot be started for a probe does without.
  if (program === undefined) return Promise.resolve(false);
  return (known ??= probeInChild(program, 'webgpu', new AbortController().signal).then(({ half }) => half === true));
}
