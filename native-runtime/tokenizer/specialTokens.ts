import { ProductError } from '../../src/common/errors';

/** A token as the configuration files state it; `id` where they do. */
export interface TokenFlags {
  content: string;
  normalized: boolean;
  special: boolean;
  id?: number;
}

type Json = Record<string, unknown>;

const marker = '<|endoftext|>';
const roleDefaults: ReadonlyArray<readonly [string, string | undefined]> = [
  ['bos_token', '<|startoftext|>'],
  ['eos_token', marker],
  ['unk_token', marker],
  ['sep_token', undefined],
  ['pad_token', marker],
  ['cls_token', undefined],
  ['mask_token', undefined],
];

/**
 * Which tokens are special and how they are matched. Three generations of files say it in different ways: `added_tokens_decoder` in the
 * configuration stands for itself; without it, `special_tokens_map.json` overrides the configuration and `added_tokens.json` and
 * `tokenizer.json` add to it. A token written as a plain string is matched as typed; an object says how.
 * @throws ProductError `bad-file`, `unsupported-model`.
 */
export function readSpecialTokens(
  config: Json | undefined,
  specialTokensMap: Json | undefined,
  addedTokensFile: Json | undefined,
  unifiedFileTokens: readonly TokenFlags[],
  where: string,
): { tokens: TokenFlags[]; roles: { bos: string; eos: string; unknown: string; padding: string } } {
  const decoder = config?.added_tokens_decoder as Record<string, unknown> | undefined;
  const settings: Json = decoder ? { ...config } : { ...config, ...specialTokensMap };
  const roles = new Map<string, TokenFlags>();
  for (const [role, fallback] of roleDefaults) {
    const value = role in settings ? settings[role] : fallback;
    if (value !== null && value !== undefined) roles.set(role, tokenFromJson(value, where, true));
  }
  const extra = settings.extra_special_tokens ?? settings.additional_special_tokens ?? [];
  const extraTokens = Array.isArray(extra) ? extra.map((token: unknown) => tokenFromJson(token, where, true)) : [];

  const stated = decoder
    ? Object.entries(decoder).map(([id, token]) => ({ ...tokenFromJson(token, where), id: Number(id) }))
    : [...legacyTokens(addedTokensFile, [...roles.values(), ...extraTokens], where), ...unifiedFileTokens];
  stated.sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  const isStated = new Set(stated.map((token) => token.content));
  const further = [...roles.values(), ...extraTokens].filter((token) => !isStated.has(token.content));
  const text = (role: string) => roles.get(role)?.content ?? marker;
  return {
    tokens: [...stated, ...further],
    roles: {
      bos: text('bos_token'),
      eos: text('eos_token'),
      unknown: text('unk_token'),
      padding: roles.get('pad_token')?.content ?? text('eos_token'),
    },
  };
}

/** A token as a string or an object. @throws ProductError `bad-file`, `unsupported-model`. */
export function tokenFromJson(value: unknown, where: string, special = false): TokenFlags {
  if (typeof value === 'string') return { content: value, normalized: !special, special };
  const token = value as Json | null;
  if (typeof token !== 'object' || token === null || typeof token.content !== 'string' || token.content === '')
    throw new ProductError('bad-file', where, 'a special token has no content', 'Download the tokenizer again');
  if (token.lstrip === true || token.rstrip === true || token.single_word === true)
    throw new ProductError(
      'unsupported-model',
      where,
      `the token ${JSON.stringify(token.content)} takes the spaces around it, which CLIP's tokens do not`,
      'Use the tokenizer of the base model',
    );
  const isSpecial = special || token.special === true;
  const normalized = typeof token.normalized === 'boolean' ? token.normalized : !isSpecial;
  const id = typeof token.id === 'number' ? { id: token.id } : {};
  return { content: token.content, normalized, special: isSpecial, ...id };
}

function legacyTokens(file: Json | undefined, specials: readonly TokenFlags[], where: string): TokenFlags[] {
  return Object.entries(file ?? {}).map(([content, id]) => {
    if (typeof id !== 'number')
      throw new ProductError(
        'bad-file',
        where,
        `the id of ${JSON.stringify(content)} is not a number`,
        'Download it again',
      );
    const special = specials.some((token) => token.content === content);
    return { content, id, special, normalized: !special };
  });
}
