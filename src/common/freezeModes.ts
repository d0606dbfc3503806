import { ProductError } from './errors';

/**
 * Which attention weights learn. `crossattn-kv` is the paper's choice (Kumari et al., 2022); the `self-` modes are those of
 * the study on difficult combinations (Lam, 2023), where the whole of self-attention learns as well.
 */
export type FreezeMode = 'crossattn-kv' | 'crossattn' | 'self-crossattn-kv' | 'self-crossattn';

/** What learns: a named mode, or patterns of layers such as `down_blocks.*.attn2.to_k`. */
export type TrainableSelection = FreezeMode | readonly string[];

/** The parts of a parameter's name that make it learn, per mode. Note that `self-crossattn-kv` takes all of `attn1`. */
const substrings: Record<FreezeMode, readonly string[]> = {
  'crossattn-kv': ['attn2.to_k', 'attn2.to_v'],
  crossattn: ['attn2'],
  'self-crossattn-kv': ['attn2.to_k', 'attn2.to_v', 'attn1'],
  'self-crossattn': ['attn2', 'attn1'],
};

/** The four modes, from the fewest weights to the most. */
export const freezeModes = Object.keys(substrings) as readonly FreezeMode[];

/**
 * The mode a user wrote, in either spelling (`crossattn-kv` or `crossattn_kv`).
 * @throws ProductError `bad-config` when there is no such mode.
 */
export function parseFreezeMode(text: string, where = 'mode'): FreezeMode {
  const mode = freezeModes.find((m) => m === text.replaceAll('_', '-'));
  if (mode) return mode;
  throw new ProductError('bad-config', where, `there is no mode "${text}"`, `Choose one of ${freezeModes.join(', ')}`);
}

/**
 * Whether the UNet parameter of this name learns. Only attention parameters of transformer blocks ever do: norms, feed-forward
 * layers and convolutions stay frozen whatever the patterns say.
 */
export function matchesTrainable(name: string, selection: TrainableSelection): boolean {
  if (!isAttentionParameter(name)) return false;
  if (typeof selection !== 'string') return selection.some((pattern) => matchesPattern(name, pattern));
  return substrings[selection].some((part) => name.includes(part));
}

/** The patterns that select none of the given parameters: almost always a typing error. */
export function unmatchedPatterns(names: readonly string[], patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => !names.some((name) => matchesTrainable(name, [pattern])));
}

function isAttentionParameter(name: string): boolean {
  return name.includes('transformer_blocks') && /\.attn[12]\./.test(name);
}

/**
 * A pattern names a module or a parameter from the root of the UNet; it covers everything below what it names.
 * `*` stands for any run of characters, dots included; `?` for one character.
 */
function matchesPattern(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^(?:${source})(?:\\.|$)`).test(name);
}
