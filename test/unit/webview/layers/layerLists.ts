import type { LayerList } from '../../../../src/common/protocol/model';

/** The attention layers of a UNet: `[block, hidden size, attention layers, transformer blocks in each]`. */
type Blocks = readonly (readonly [string, number, number, number])[];

/** Stable Diffusion 1.x, whose trained parameters per mode are published. */
export const stableDiffusion = layerList(768, [
  ['down_blocks.0', 320, 2, 1],
  ['down_blocks.1', 640, 2, 1],
  ['down_blocks.2', 1280, 2, 1],
  ['mid_block', 1280, 1, 1],
  ['up_blocks.1', 1280, 3, 1],
  ['up_blocks.2', 640, 3, 1],
  ['up_blocks.3', 320, 3, 1],
]);

/** Several transformer blocks in each attention layer, as SDXL has them. */
export const stableDiffusionXl = layerList(2048, [
  ['down_blocks.1', 640, 2, 2],
  ['down_blocks.2', 1280, 2, 10],
  ['mid_block', 1280, 1, 10],
  ['up_blocks.0', 1280, 3, 10],
  ['up_blocks.1', 640, 3, 2],
]);

function layerList(context: number, blocks: Blocks): LayerList {
  const layers = blocks.flatMap(([block, hidden, attentions, transformers]) =>
    range(attentions).flatMap((a) =>
      range(transformers).flatMap((t) =>
        [1, 2].map((kind) =>
          attentionLayer(
            `${block}.attentions.${a}.transformer_blocks.${t}.attn${kind}`,
            hidden,
            kind === 1 ? hidden : context,
          ),
        ),
      ),
    ),
  );
  const parameters = layers.flatMap(({ projections }) => projections).reduce((sum, p) => sum + p.parameters, 0);
  return {
    layers,
    modes: { 'crossattn-kv': 0, crossattn: 0, 'self-crossattn-kv': 0, 'self-crossattn': 0 },
    parameters,
  };
}

function attentionLayer(name: string, hidden: number, context: number): LayerList['layers'][number] {
  const square = hidden * hidden;
  return {
    name,
    projections: [
      { name: 'to_q', shapes: { weight: [hidden, hidden] }, parameters: square },
      { name: 'to_k', shapes: { weight: [hidden, context] }, parameters: hidden * context },
      { name: 'to_v', shapes: { weight: [hidden, context] }, parameters: hidden * context },
      { name: 'to_out', shapes: { '0.weight': [hidden, hidden], '0.bias': [hidden] }, parameters: square + hidden },
    ],
  };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
