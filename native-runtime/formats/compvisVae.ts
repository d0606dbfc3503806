const attention: readonly (readonly [string, string])[] = [
  ['norm.', 'group_norm.'],
  ['q.', 'to_q.'],
  ['k.', 'to_k.'],
  ['v.', 'to_v.'],
  ['proj_out.', 'to_out.0.'],
];

const oldDiffusersAttention: Record<string, string> = {
  query: 'to_q',
  key: 'to_k',
  value: 'to_v',
  proj_attn: 'to_out.0',
};

/** The number of resolutions of an autoencoder, from the names of its tensors in the CompVis layout (without prefix). */
export function compvisVaeLevels(names: Iterable<string>): number {
  let levels = 0;
  for (const name of names) {
    const match = /^decoder\.up\.(\d+)\./.exec(name);
    if (match) levels = Math.max(levels, Number(match[1]) + 1);
  }
  return levels;
}

/**
 * The diffusers name of a CompVis autoencoder tensor (without prefix); undefined for a name that is no part of one.
 * CompVis counts the decoder's blocks from the finest, diffusers from the coarsest.
 */
export function diffusersVaeName(name: string, levels: number): string | undefined {
  if (/^(quant_conv|post_quant_conv|(encoder|decoder)\.conv_(in|out))\.(weight|bias)$/.test(name)) return name;
  const match = /^(encoder|decoder)\.(norm_out|mid\.attn_1|mid\.block_(\d)|(?:down|up)\.(\d+))\.(.+)$/.exec(name);
  if (!match) return undefined;
  const [, half, part, middleBlock, level, rest] = match as unknown as string[];
  if (part === 'norm_out') return `${half}.conv_norm_out.${rest}`;
  if (part === 'mid.attn_1') return replaceStart(rest!, attention, `${half}.mid_block.attentions.0.`);
  if (middleBlock !== undefined) return `${half}.mid_block.resnets.${Number(middleBlock) - 1}.${resnetTail(rest!)}`;
  const block = half === 'encoder' ? `down_blocks.${level}` : `up_blocks.${levels - 1 - Number(level)}`;
  const tail = rest!
    .replace(/^block\./, 'resnets.')
    .replace(/^downsample\./, 'downsamplers.0.')
    .replace(/^upsample\./, 'upsamplers.0.');
  return `${half}.${block}.${resnetTail(tail)}`;
}

function resnetTail(tail: string): string {
  return tail.replace('nin_shortcut.', 'conv_shortcut.');
}

function replaceStart(rest: string, pairs: readonly (readonly [string, string])[], prefix: string): string | undefined {
  for (const [from, to] of pairs) if (rest.startsWith(from)) return prefix + to + rest.slice(from.length);
  return undefined;
}

/** The CompVis name (without prefix) of a diffusers autoencoder tensor: the inverse of `diffusersVaeName`. */
export function compvisVaeName(name: string, levels: number): string | undefined {
  const current = currentVaeName(name);
  if (/^(quant_conv|post_quant_conv|(encoder|decoder)\.conv_(in|out))\.(weight|bias)$/.test(current)) return current;
  const match =
    /^(encoder|decoder)\.(conv_norm_out|mid_block\.attentions\.0|mid_block\.resnets\.(\d)|(?:down|up)_blocks\.(\d+))\.(.+)$/.exec(
      current,
    );
  if (!match) return undefined;
  const [, half, part, middleBlock, level, rest] = match as unknown as string[];
  const old = (tail: string) => tail.replace('conv_shortcut.', 'nin_shortcut.');
  if (part === 'conv_norm_out') return `${half}.norm_out.${rest}`;
  if (part === 'mid_block.attentions.0')
    return replaceStart(
      rest!,
      attention.map(([a, b]) => [b, a] as const),
      `${half}.mid.attn_1.`,
    );
  if (middleBlock !== undefined) return `${half}.mid.block_${Number(middleBlock) + 1}.${old(rest!)}`;
  const block = half === 'encoder' ? `down.${level}` : `up.${levels - 1 - Number(level)}`;
  const tail = rest!
    .replace(/^resnets\./, 'block.')
    .replace(/^downsamplers\.0\./, 'downsample.')
    .replace(/^upsamplers\.0\./, 'upsample.');
  return `${half}.${block}.${old(tail)}`;
}

/** Brings the attention names of early diffusers folders (query, key, value, proj_attn) to the current ones; others stay. */
export function currentVaeName(name: string): string {
  return name.replace(
    /(mid_block\.attentions\.0\.)(query|key|value|proj_attn)\./,
    (_, prefix: string, old: string) => `${prefix}${oldDiffusersAttention[old]}.`,
  );
}
