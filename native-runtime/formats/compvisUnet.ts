/** The prefix of UNet tensors in single files and CompVis deltas. */
export const compvisUnetPrefix = 'model.diffusion_model.';

/** Blocks of one resolution in the CompVis numbering: two residual blocks and a resampling one in every published model. */
const publishedBlocksPerLevel = 3;

const top: readonly (readonly [string, string])[] = [
  ['input_blocks.0.0.', 'conv_in.'],
  ['time_embed.0.', 'time_embedding.linear_1.'],
  ['time_embed.2.', 'time_embedding.linear_2.'],
  ['label_emb.0.0.', 'add_embedding.linear_1.'],
  ['label_emb.0.2.', 'add_embedding.linear_2.'],
  ['out.0.', 'conv_norm_out.'],
  ['out.2.', 'conv_out.'],
];

const resnet: readonly (readonly [string, string])[] = [
  ['in_layers.0.', 'norm1.'],
  ['in_layers.2.', 'conv1.'],
  ['emb_layers.1.', 'time_emb_proj.'],
  ['out_layers.0.', 'norm2.'],
  ['out_layers.3.', 'conv2.'],
  ['skip_connection.', 'conv_shortcut.'],
];

/**
 * How many blocks share a resolution in the CompVis numbering, read off the first downsampling block among the names
 * (given without prefix); 3 when there is none, as in a delta.
 */
export function compvisBlocksPerLevel(names: Iterable<string>): number {
  let first = Infinity;
  for (const name of names) {
    const match = /^input_blocks\.(\d+)\.0\.op\./.exec(name);
    if (match) first = Math.min(first, Number(match[1]));
  }
  return Number.isFinite(first) ? first : publishedBlocksPerLevel;
}

/** The diffusers name of a CompVis UNet tensor (without prefix); undefined for a name that is no part of a UNet. */
export function diffusersUnetName(name: string, blocksPerLevel = publishedBlocksPerLevel): string | undefined {
  for (const [from, to] of top) if (name.startsWith(from)) return to + name.slice(from.length);
  const middle = /^middle_block\.([012])\.(.+)$/.exec(name);
  if (middle) {
    const [, index, rest] = middle as unknown as [string, string, string];
    return index === '1' ? `mid_block.attentions.0.${rest}` : resnetName(`mid_block.resnets.${+index / 2}.`, rest);
  }
  const match = /^(input|output)_blocks\.(\d+)\.([012])\.(.+)$/.exec(name);
  if (!match) return undefined;
  const [, side, block, part, rest] = match as unknown as [string, string, string, string, string];
  const position = side === 'input' ? Number(block) - 1 : Number(block);
  const index = position % blocksPerLevel;
  const level = `${side === 'input' ? 'down' : 'up'}_blocks.${Math.floor(position / blocksPerLevel)}.`;
  if (part === '0' && rest.startsWith('op.')) return `${level}downsamplers.0.conv.${rest.slice(3)}`;
  if (part === '0') return resnetName(`${level}resnets.${index}.`, rest);
  if (rest.startsWith('conv.')) return `${level}upsamplers.0.${rest}`;
  return part === '1' ? `${level}attentions.${index}.${rest}` : undefined;
}

function resnetName(prefix: string, rest: string): string | undefined {
  for (const [from, to] of resnet) if (rest.startsWith(from)) return prefix + to + rest.slice(from.length);
  return undefined;
}

/**
 * The CompVis name (without prefix) of a diffusers UNet tensor; undefined for a name that is no part of a UNet.
 * `upBlockHasAttention` decides where an upsampler stands: behind the attention of its block, if there is one.
 */
export function compvisUnetName(
  name: string,
  upBlockHasAttention: (block: number) => boolean = (block) => block > 0,
  blocksPerLevel = publishedBlocksPerLevel,
): string | undefined {
  for (const [to, from] of top) if (name.startsWith(from)) return to + name.slice(from.length);
  const middle = /^mid_block\.(resnets|attentions)\.([01])\.(.+)$/.exec(name);
  if (middle) {
    const [, kind, index, rest] = middle as unknown as [string, string, string, string];
    return kind === 'attentions' ? `middle_block.1.${rest}` : oldResnetName(`middle_block.${2 * +index}.`, rest);
  }
  const match = /^(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)$/.exec(name);
  if (!match) return undefined;
  const [, side, level, kind, index, rest] = match as unknown as [string, string, string, string, string, string];
  const first = Number(level) * blocksPerLevel + (side === 'down' ? 1 : 0);
  const last = first + blocksPerLevel - 1;
  const block = `${side === 'down' ? 'input' : 'output'}_blocks.`;
  if (kind === 'downsamplers') return `${block}${last}.0.${rest.replace(/^conv\./, 'op.')}`;
  if (kind === 'upsamplers') return `${block}${last}.${upBlockHasAttention(Number(level)) ? 2 : 1}.${rest}`;
  if (kind === 'attentions') return `${block}${first + Number(index)}.1.${rest}`;
  return oldResnetName(`${block}${first + Number(index)}.0.`, rest);
}

function oldResnetName(prefix: string, rest: string): string | undefined {
  for (const [to, from] of resnet) if (rest.startsWith(from)) return prefix + to + rest.slice(from.length);
  return undefined;
}
