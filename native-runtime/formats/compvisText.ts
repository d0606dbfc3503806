/** A diffusers tensor inside one of OpenCLIP: the whole, one third of its rows, or its transpose. */
export interface OpenClipPart {
  name: string;
  /** Which of `count` equal slices of the first dimension. */
  rows?: { index: number; count: number };
  transpose?: boolean;
}

const layer: readonly (readonly [string, string])[] = [
  ['ln_1.', 'layer_norm1.'],
  ['ln_2.', 'layer_norm2.'],
  ['attn.out_proj.', 'self_attn.out_proj.'],
  ['mlp.c_fc.', 'mlp.fc1.'],
  ['mlp.c_proj.', 'mlp.fc2.'],
];

/**
 * The CLIP text encoder's name with the `text_model.` prefix, which some writers leave out. The projection stands outside it.
 */
export function prefixedTextName(name: string): string {
  return name.startsWith('text_model.') || name.startsWith('text_projection.') ? name : `text_model.${name}`;
}

/**
 * What a tensor of OpenCLIP's text tower (without prefix) is in diffusers' CLIP text encoder; several where OpenCLIP keeps
 * query, key and value in one; empty for what has no counterpart.
 */
export function openClipParts(name: string): OpenClipPart[] {
  switch (name) {
    case 'token_embedding.weight':
      return [{ name: 'text_model.embeddings.token_embedding.weight' }];
    case 'positional_embedding':
      return [{ name: 'text_model.embeddings.position_embedding.weight' }];
    case 'text_projection':
      return [{ name: 'text_projection.weight', transpose: true }];
    case 'ln_final.weight':
    case 'ln_final.bias':
      return [{ name: name.replace('ln_final', 'text_model.final_layer_norm') }];
  }
  const match = /^transformer\.resblocks\.(\d+)\.(.+)$/.exec(name);
  if (!match) return [];
  const prefix = `text_model.encoder.layers.${match[1]}.`;
  const rest = match[2]!;
  const joined = /^attn\.in_proj_(weight|bias)$/.exec(rest);
  if (joined)
    return ['q', 'k', 'v'].map((letter, index) => ({
      name: `${prefix}self_attn.${letter}_proj.${joined[1]}`,
      rows: { index, count: 3 },
    }));
  for (const [from, to] of layer) if (rest.startsWith(from)) return [{ name: prefix + to + rest.slice(from.length) }];
  return [];
}
