import { ProductError } from '../../src/common/errors';
import type { DeviceName } from './deviceName';

/** Texts by which Dawn, the drivers below it and ONNX Runtime say that a device of WebGPU is gone. */
const webgpuLost =
  /device (?:is |was )?(?:lost|destroyed)|DEVICE_?LOST|DXGI_ERROR_DEVICE_(?:REMOVED|HUNG|RESET)|external Instance reference no longer exists|Instance dropped/i;

/**
 * Error numbers of CUDA after which nothing works in this process any more: the driver unloads, there is no processor, memory failed or
 * the bus is gone, and those of a kernel that failed for good.
 */
const cudaLostNumbers = [
  3, 4, 46, 100, 101, 201, 214, 215, 220, 221, 226, 700, 702, 708, 709, 710, 714, 715, 716, 717, 718, 719, 999,
];
const cudaLostNames =
  /GPU is lost|fallen off the bus|CUDNN_STATUS_EXECUTION_FAILED|CUBLAS_STATUS_EXECUTION_FAILED|unspecified launch failure|illegal memory access|uncorrectable ECC/i;

/** Texts by which ONNX Runtime, its allocators and the devices say that there is no memory. */
const noMemory =
  /failed to allocate|bad_alloc|out[ _]of[ _](?:(?:host|device)[ _])?memory|ErrorOutOfMemory|ALLOC_FAILED|allocation failed|Arena ran out of memory|CUDA failure 2:/i;

/** A buffer that WebGPU cannot make; what it says later is that the buffer is invalid. */
const webgpuSize = /(?:buffer|binding) size.*exceeds|larger than the maximum|is invalid due to a previous error/i;

/** What ONNX Runtime's message about a run that failed means to the user. */
export function runFailure(device: DeviceName, message: string): ProductError {
  return commonFailure(device, message) ?? new ProductError('device', '', message);
}

/** What ONNX Runtime's message about a graph that it would not compile means to the user. */
export function refusal(device: DeviceName, message: string): ProductError {
  const common = commonFailure(device, message);
  if (common) return common;
  if (device === 'webgpu' && /adapter/i.test(message))
    return new ProductError(
      'device',
      'webgpu',
      'no graphics processor can be used through WebGPU',
      'Install the driver of the graphics processor, or use the device "cpu"',
    );
  return new ProductError('device', '', `the graph was refused: ${message}`);
}

/** A device that is gone, or memory that ran out; undefined for anything else. */
function commonFailure(device: DeviceName, message: string): ProductError | undefined {
  // First, since "illegal memory access" is no lack of memory.
  if (isLost(device, message))
    return new ProductError(
      'device-lost',
      device,
      `the graphics processor stopped working or was taken away: ${message}`,
      'Resume the run, on the device "cpu" if it happens again',
    );
  if (noMemory.test(message) || (device === 'webgpu' && webgpuSize.test(message)))
    return new ProductError('out-of-memory', '', message, 'Use fewer rows or a lower resolution');
  return undefined;
}

function isLost(device: DeviceName, message: string): boolean {
  if (device === 'webgpu') return webgpuLost.test(message);
  if (device !== 'cuda') return false;
  const number = /CUDA (?:failure|error) (\d+)/i.exec(message)?.[1];
  return cudaLostNames.test(message) || (number !== undefined && cudaLostNumbers.includes(Number(number)));
}
