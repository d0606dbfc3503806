import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WeightFileHeader } from '../../src/common/protocol/model';
import { elementCount } from '../tensorData';
import { identifyWeights, type Identification } from './identify';
import { openWeightFile, type WeightFile } from './weightFile';

/** What the header of a weight file says; no weight is read. @throws ProductError `bad-file`, `not-found` */
export async function weightHeader(path: string): Promise<WeightFileHeader> {
  const file = await openWeightFile(path);
  const identity = identifyWeights(file.tensors, file.metadata);
  const { kind, ...facts } = identity;
  return {
    path: resolve(path),
    bytes: statSync(path).size,
    kind: sentence(file, identity),
    isDelta: kind === 'custom diffusion delta',
    facts: defined({ kind, container: file.container, ...facts }),
    metadata: file.metadata,
    tensors: [...file.tensors.values()].map(({ name, dtype, shape, byteLength }) => ({
      name,
      dtype,
      shape: [...shape],
      bytes: byteLength,
      parameters: elementCount(shape),
    })),
  };
}

/** One sentence on what the file is. */
function sentence({ metadata, tensors }: WeightFile, { kind, family, unsupported }: Identification): string {
  if (unsupported) return `Not usable here: ${unsupported}.`;
  if (metadata.format?.startsWith('custom-diffusion-attention')) return 'Attention maps of one picture.';
  if (isCheckpointState(tensors.keys(), metadata)) return `State of a training run at step ${metadata.step}.`;
  const of = family ?? metadata.base_family;
  switch (kind) {
    case 'single-file model':
      return `A whole base model${of ? `, ${of}` : ''}.`;
    case 'unet':
      return `The UNet of a model${of ? `, ${of}` : ''}.`;
    case 'custom diffusion delta':
      return `A Custom Diffusion fine-tune${of ? ` of ${of}` : ''}.`;
    case 'autoencoder':
      return 'The autoencoder of a model.';
    case 'text encoder':
      return 'The text encoder of a model.';
    case 'lora':
      return 'A LoRA.';
    case 'controlnet':
      return 'A ControlNet.';
    case 'embedding':
      return 'A textual embedding.';
    case 'unknown':
      return 'A file of tensors.';
  }
}

/** Whether names and metadata are those of a checkpoint's state: weights and the optimiser's two moments. */
export function isCheckpointState(names: Iterable<string>, metadata: Readonly<Record<string, string>>): boolean {
  const { step, updates } = metadata;
  return step !== undefined && updates !== undefined && [...names].every((name) => /^(weight|m|v)\./.test(name));
}

function defined(facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
