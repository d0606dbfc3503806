import { dirname } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { writeSafetensors } from '../formats/safetensors';
import { writeTorchFile } from '../formats/torchWriter';
import type { TensorData } from '../tensorData';
import { encodeAdobeDelta } from './adobeDelta';
import { encodeCompvisDelta } from './compvisDelta';
import type { Delta, DeltaFormat } from './delta';
import { emptyProcessors, processorName } from './diffusersDelta';
import { encodeNativeDelta } from './nativeDelta';
import { writeTokenFiles } from './tokenFiles';

/**
 * Saves a delta. `path` is the file of the weights; the diffusers formats write a file for each token beside it, before it.
 * Only our own format keeps the metadata, and only it and Adobe's keep tokens and several encoders in one file.
 * @throws ProductError `bad-input` when the format cannot hold the delta, `disk-full`
 */
export async function saveDelta(path: string, delta: Delta, format: DeltaFormat): Promise<void> {
  switch (format) {
    case 'safetensors': {
      const { tensors, metadata } = encodeNativeDelta(delta);
      return writeSafetensors(path, tensors, metadata);
    }
    case 'adobe':
      return writeTorchFile(path, encodeAdobeDelta(delta));
    case 'compvis':
      return writeTorchFile(path, encodeCompvisDelta(path, delta));
    case 'diffusers-bin': {
      const weights = asProcessors(path, delta.unet);
      await writeTokenFiles(dirname(path), delta.modifierTokens, '.bin');
      return writeTorchFile(path, new Map([...weights, ...emptyProcessors(delta.unet)]));
    }
    case 'diffusers-safetensors': {
      const weights = asProcessors(path, delta.unet);
      await writeTokenFiles(dirname(path), delta.modifierTokens, '.safetensors');
      return writeSafetensors(path, weights);
    }
  }
}

function asProcessors(path: string, unet: ReadonlyMap<string, TensorData>): Map<string, TensorData> {
  const weights = new Map<string, TensorData>();
  for (const [name, tensor] of unet) {
    const target = processorName(name);
    if (target === undefined)
      throw new ProductError(
        'bad-input',
        path,
        `diffusers' attention processors cannot hold ${name}`,
        'Choose another format, or train only attention weights',
      );
    weights.set(target, tensor);
  }
  return weights;
}
