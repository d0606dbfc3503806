import { ProductError } from '../../src/common/errors';
import type { GraphDevice } from './graphDevice';

/** What ONNX Runtime's message about a run that failed means to the user. */
export function runFailure(device: GraphDevice, message: string): ProductError {
  const size = /(?:buffer|binding) size.*exceeds|larger than the maximum|is invalid due to a previous error/i;
  if (device === 'webgpu' && /device (?:is |was )?lost/i.test(message))
    return new ProductError('device', '', `the graphics processor is gone: ${message}`, 'Start again');
  if (/alloc|memory/i.test(message) || (device === 'webgpu' && size.test(message)))
    return new ProductError('out-of-memory', '', message, 'Use fewer rows or a lower resolution');
  return new ProductError('device', '', message);
}

/** What ONNX Runtime's message about a graph that it would not compile means to the user. */
export function refusal(device: GraphDevice, message: string): ProductError {
  if (device === 'webgpu' && /adapter/i.test(message))
    return new ProductError(
      'device',
      'webgpu',
      'no graphics processor can be used through WebGPU',
      'Install the driver of the graphics processor, or use the device "cpu"',
    );
  return new ProductError('device', '', `the graph was refused: ${message}`);
}
