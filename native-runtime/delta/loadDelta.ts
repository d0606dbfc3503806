import { openSafetensors, readTensors } from '../formats/safetensors';
import { weightContainer } from '../formats/weightFile';
import { decodeAdobeDelta } from './adobeDelta';
import { decodeCompvisDelta } from './compvisDelta';
import { type BaseWeights, type Delta, notADelta } from './delta';
import { decodeProcessors, isDiffusersDelta } from './diffusersDelta';
import { resolveWeights } from './lowRank';
import { decodeNativeDelta } from './nativeDelta';
import { readTokenFiles } from './tokenFiles';
import { type LoadedMap, readTree } from './tree';

/**
 * Loads a delta of any known format, told by its content: our own, Adobe's `delta.bin`, diffusers'
 * `pytorch_custom_diffusion_weights` with its token files beside it, a CompVis `delta_*.ckpt`.
 * A compressed delta holds differences; it needs `base` to become full weights.
 * @throws ProductError `bad-file` when it is damaged or no delta, `unsupported-model` when it is compressed and there is no base
 */
export async function loadDelta(path: string, base?: BaseWeights): Promise<Delta> {
  const delta =
    (await weightContainer(path)) === 'torch' ? await fromTorch(path, base) : await fromSafetensors(path, base);
  if (delta.unet.size === 0 && delta.modifierTokens.size === 0)
    throw notADelta(path, 'it holds neither trained weights nor modifier tokens');
  const stranger = [...delta.unet.keys()].find(
    (name) => !/^(down_blocks|mid_block|up_blocks|conv_|time_emb|add_emb)/.test(name),
  );
  if (stranger !== undefined) throw notADelta(path, `${stranger} is not the name of a UNet weight`);
  return delta;
}

async function fromSafetensors(path: string, base?: BaseWeights): Promise<Delta> {
  const file = await openSafetensors(path);
  const tensors = await readTensors(file);
  if (isDiffusersDelta(tensors.keys())) return withTokenFiles(path, tensors);
  if (isCompvis(tensors)) return decodeCompvisDelta(path, tensors, base);
  return decodeNativeDelta(path, tensors, file.metadata);
}

async function fromTorch(path: string, base?: BaseWeights): Promise<Delta> {
  const root = await readTree(path);
  if (!(root instanceof Map)) throw notADelta(path, 'it is not a dictionary of weights');
  if (root.has('unet') || root.has('modifier_token')) return decodeAdobeDelta(path, root, base);
  const state = root.get('state_dict');
  if (state instanceof Map) return decodeCompvisDelta(path, state, base);
  if (isDiffusersDelta(root.keys())) return withTokenFiles(path, root);
  if (isCompvis(root)) return decodeCompvisDelta(path, root, base);
  return { unet: await resolveWeights(path, root, base), modifierTokens: new Map(), metadata: {} };
}

function isCompvis(entries: LoadedMap): boolean {
  return entries.has('embed') || [...entries.keys()].some((name) => String(name).startsWith('model.diffusion_model.'));
}

async function withTokenFiles(path: string, entries: LoadedMap): Promise<Delta> {
  const unet = decodeProcessors(path, entries);
  return { unet, modifierTokens: await readTokenFiles(path), metadata: {} };
}
