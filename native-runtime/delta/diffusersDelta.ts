import type { TorchData } from '../formats/pickleWriter';
import type { TensorData } from '../tensorData';
import { notADelta } from './delta';
import { isTensor, type LoadedMap } from './tree';

const marker = '_custom_diffusion';

/**
 * The attention-processor name diffusers gives a weight: `….attn2.to_k.weight` is `….attn2.processor.to_k_custom_diffusion.weight`.
 * Undefined for a weight that is not one of attention.
 */
export function processorName(unetName: string): string | undefined {
  const match = /^(.+\.attn[12])\.(to_[qkv]|to_out)\.(.+)$/.exec(unetName);
  return match ? `${match[1]}.processor.${match[2]}${marker}.${match[3]}` : undefined;
}

/** The inverse of `processorName`. */
export function unetNameOfProcessor(name: string): string | undefined {
  const match = /^(.+\.attn[12])\.processor\.(to_[qkv]|to_out)_custom_diffusion\.(.+)$/.exec(name);
  return match ? `${match[1]}.${match[2]}.${match[3]}` : undefined;
}

/** Whether the names are those of diffusers' attention processors. */
export function isDiffusersDelta(names: Iterable<unknown>): boolean {
  return [...names].some((name) => typeof name === 'string' && name.includes('.processor'));
}

/**
 * Names of attention layers beside a trained one that are not trained themselves. diffusers wants an empty entry for each in a
 * `.bin`, because it counts the processors.
 */
export function emptyProcessors(unet: ReadonlyMap<string, TensorData>): Map<string, TorchData> {
  const trained = new Set([...unet.keys()].map((name) => name.replace(/(\.attn[12])\..*$/, '$1')));
  const empty = new Map<string, TorchData>();
  for (const layer of trained) {
    const sibling = layer.endsWith('1') ? `${layer.slice(0, -1)}2` : `${layer.slice(0, -1)}1`;
    if (!trained.has(sibling)) empty.set(`${sibling}.processor`, new Map());
  }
  return empty;
}

/**
 * The UNet weights of diffusers' `pytorch_custom_diffusion_weights`.
 * @throws ProductError `bad-file` for an entry of another kind
 */
export function decodeProcessors(path: string, entries: LoadedMap): Map<string, TensorData> {
  const unet = new Map<string, TensorData>();
  for (const [key, value] of entries) {
    if (value instanceof Map && value.size === 0) continue;
    const name = unetNameOfProcessor(String(key));
    if (name === undefined || !isTensor(value))
      throw notADelta(path, `${key} is not a weight of an attention processor`);
    unet.set(name, value);
  }
  return unet;
}
