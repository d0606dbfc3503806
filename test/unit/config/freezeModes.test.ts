import { describe, expect, it } from 'vitest';
import { freezeModes, matchesTrainable, parseFreezeMode, unmatchedPatterns } from '../../../src/common/freezeModes';

const block = 'down_blocks.0.attentions.1.transformer_blocks.0';
const names = [
  ...['attn1', 'attn2'].flatMap((a) =>
    ['to_q.weight', 'to_k.weight', 'to_v.weight', 'to_out.0.weight', 'to_out.0.bias'].map((p) => `${block}.${a}.${p}`),
  ),
  `${block}.norm1.weight`,
  `${block}.ff.net.0.proj.weight`,
  'down_blocks.0.attentions.1.proj_in.weight',
  'mid_block.attn1.to_k.weight',
];
const trained = (selection: Parameters<typeof matchesTrainable>[1]) =>
  names.filter((name) => matchesTrainable(name, selection)).map((name) => name.replace(`${block}.`, ''));

describe('freeze modes', () => {
  it.each([
    ['crossattn-kv', ['attn2.to_k.weight', 'attn2.to_v.weight']],
    ['crossattn', names.slice(5, 10).map((n) => n.replace(`${block}.`, ''))],
    [
      'self-crossattn-kv',
      [...names.slice(0, 5).map((n) => n.replace(`${block}.`, '')), 'attn2.to_k.weight', 'attn2.to_v.weight'],
    ],
    ['self-crossattn', names.slice(0, 10).map((n) => n.replace(`${block}.`, ''))],
  ] as const)('%s', (mode, expected) => {
    expect(trained(mode)).toEqual(expected);
    expect(trained(parseFreezeMode(mode.replaceAll('-', '_')))).toEqual(expected);
  });

  it('has four modes and refuses a fifth', () => {
    expect(freezeModes).toHaveLength(4);
    expect(() => parseFreezeMode('all')).toThrow(/Choose one of crossattn-kv/);
  });

  it.each([
    ['down_blocks.*.attn2.to_k', ['attn2.to_k.weight']],
    [
      '*.attn?.to_out',
      ['attn1.to_out.0.weight', 'attn1.to_out.0.bias', 'attn2.to_out.0.weight', 'attn2.to_out.0.bias'],
    ],
    ['*.attn1.to_out.0.bias', ['attn1.to_out.0.bias']],
    ['attn2.to_k', []],
    ['*.to_', []],
    ['*.ff.*', []],
    ['up_blocks.*', []],
  ])('pattern %s', (pattern, expected) => {
    expect(trained([pattern])).toEqual(expected);
    expect(unmatchedPatterns(names, [pattern])).toEqual(expected.length ? [] : [pattern]);
  });
});
