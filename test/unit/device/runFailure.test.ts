import { describe, expect, it } from 'vitest';
import { refusal, runFailure } from '../../../native-runtime/device/runFailure';

/** What ONNX Runtime, Dawn and CUDA say; the parts that name files and machines are left out. */
const messages: [string, 'cpu' | 'webgpu' | 'cuda', string, string][] = [
  ['F16 a reset driver', 'webgpu', 'WebGPU device lost (1): Device is lost.', 'device-lost'],
  ['F16 Vulkan', 'webgpu', 'vkQueueSubmit failed with VK_ERROR_DEVICE_LOST', 'device-lost'],
  ['F16 Direct3D', 'webgpu', 'ID3D12Device: failed with DXGI_ERROR_DEVICE_REMOVED (0x887A0005)', 'device-lost'],
  ['F16 a destroyed device', 'webgpu', 'Device was destroyed.', 'device-lost'],
  ['F16 Dawn is gone', 'webgpu', 'A valid external Instance reference no longer exists.', 'device-lost'],
  ['F16 a large buffer', 'webgpu', 'Buffer size (5368709120) exceeds the max buffer size limit', 'out-of-memory'],
  ['F16 what comes of it', 'webgpu', '[Buffer (unlabeled)] is invalid due to a previous error', 'out-of-memory'],
  [
    'F15 Vulkan without memory',
    'webgpu',
    'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY',
    'out-of-memory',
  ],
  ['F14 illegal address', 'cuda', 'CUDA failure 700: an illegal memory access was encountered ; GPU=0', 'device-lost'],
  ['F14 failed kernel', 'cuda', 'CUDA failure 719: unspecified launch failure ; GPU=0', 'device-lost'],
  ['F14 ECC', 'cuda', 'CUDA failure 214: uncorrectable ECC error encountered ; GPU=0', 'device-lost'],
  ['F14 nothing there', 'cuda', 'CUDA failure 100: no CUDA-capable device is detected ; GPU=-1', 'device-lost'],
  ['F14 taken by another', 'cuda', 'CUDA failure 46: all CUDA-capable devices are busy or unavailable', 'device-lost'],
  ['F14 unknown', 'cuda', 'CUDA failure 999: unknown error ; GPU=0', 'device-lost'],
  ['F14 cuDNN', 'cuda', 'CUDNN failure 5000: CUDNN_STATUS_EXECUTION_FAILED ; GPU=0', 'device-lost'],
  ['F15 CUDA without memory', 'cuda', 'CUDA failure 2: out of memory ; GPU=0 ; expr=cudaMalloc', 'out-of-memory'],
  ['F15 cuBLAS without memory', 'cuda', 'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0', 'out-of-memory'],
  ['F15 the arena', 'cuda', 'BFC Arena ran out of memory trying to allocate 2147483648', 'out-of-memory'],
  ['F15 a wrong value is neither', 'cuda', 'CUDA failure 1: invalid argument ; GPU=0', 'device'],
  ['F15 the processor', 'cpu', 'Failed to allocate memory for requested buffer of size 17179869184', 'out-of-memory'],
  ['F15 C++', 'cpu', 'std::bad_alloc', 'out-of-memory'],
  ['F15 an operator', 'cpu', 'Non-zero status code returned while running Gather node: indices out of range', 'device'],
];

describe('what a device says', () => {
  it.each(messages)('%s on %s: %s → %s', (_, device, message, code) => {
    const error = runFailure(device, message);
    expect(error.code).toBe(code);
    expect(error.problem).toContain(message);
    if (code !== 'device') expect(error.remedy).not.toBe('');
    // The same can come up while a graph is compiled.
    expect(refusal(device, message).code).toBe(code);
  });

  it('F16 a machine without a graphics processor is told what to do', () => {
    expect(refusal('webgpu', 'Failed to get a WebGPU adapter.')).toMatchObject({
      code: 'device',
      remedy: expect.stringContaining('"cpu"'),
    });
  });
});
