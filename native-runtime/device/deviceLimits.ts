import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import './withoutTelemetry';
import { ProductError } from '../../src/common/errors';
import { formatBytes } from '../formatBytes';
import { leaves, writeModel } from '../graph/model';
import { sortNodes } from '../graph/nodeOrder';
import { expand } from '../graph/operators/layout';
import { reduceMax } from '../graph/operators/reduce';
import { input, type Tensor } from '../graph/tensor';
import { bytesPerElement, elementCount } from '../tensorData';
import type { DeviceName } from './deviceName';
import { refusal } from './runFailure';
import { bindableBytes } from './scoreBytes';
import { webgpuSettings } from './webgpuSettings';

/** Sizes that were tried on the adapter of this process: the largest that went well, and the smallest that did not. */
const known = { fits: bindableBytes, fails: Infinity };

/**
 * Refuses a graph with a tensor that the adapter cannot hold, before anything is computed. The runtime does not tell the
 * adapter's limits, so a tensor of that size is made and read once.
 * @throws ProductError `out-of-memory`
 */
export async function requireDeviceLimits(
  device: DeviceName,
  outputs: Readonly<Record<string, Tensor>>,
): Promise<void> {
  if (device !== 'webgpu') return;
  const bytes = largestTensor(Object.values(outputs));
  if (bytes <= known.fits) return;
  if (bytes < known.fails && (await holds(bytes))) known.fits = bytes;
  else {
    known.fails = Math.min(known.fails, bytes);
    throw new ProductError(
      'out-of-memory',
      '',
      `one tensor of the graph takes ${formatBytes(bytes)}, more than the graphics processor gives out through WebGPU`,
      'Use fewer rows or a lower resolution, or the device "cpu"',
    );
  }
}

/** Bytes of the largest tensor of a graph. */
export function largestTensor(outputs: readonly Tensor[]): number {
  const tensors = [...leaves(outputs), ...sortNodes(outputs).flatMap((node) => node.outputs)];
  return tensors.reduce((most, { shape, dtype }) => Math.max(most, elementCount(shape) * bytesPerElement(dtype)), 0);
}

/** Whether the adapter makes a tensor of this size and an operator reads it. */
async function holds(bytes: number): Promise<boolean> {
  const count = Math.ceil(bytes / 4);
  const largest = reduceMax(expand(input('value', [1]), [count]), [0]);
  const settings = webgpuSettings(process.cwd(), []);
  const session = await InferenceSession.create(writeModel({ largest }).bytes, settings).catch((error: Error) => {
    throw refusal('webgpu', error.message);
  });
  try {
    const results = await session.run({ value: new OrtTensor('float32', Float32Array.of(7), [1]) });
    return (results.largest!.data as Float32Array)[0] === 7;
  } catch {
    return false;
  } finally {
    await session.release();
  }
}
