/**
 * A layer's name without what all have in common: `down_blocks.0.attentions.1.transformer_blocks.0.attn2` is
 * `down_blocks.0.attentions.1`; further transformer blocks keep their number.
 */
export function shortLayer(layer: string): string {
  return layer
    .replace(/\.attn2$/, '')
    .replace(/\.transformer_blocks\.(\d+)$/, (_, n: string) => (n === '0' ? '' : `.${n}`));
}
