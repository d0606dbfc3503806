import { describe, expect, it } from 'vitest';
import { layerTable, unetShapes } from '../../../native-runtime/models/layerTable';
import { publishedConfigs } from '../../../native-runtime/models/publishedConfigs';
import { parseUnetConfig } from '../../../native-runtime/models/unetConfig';
import { matchesTrainable } from '../../../src/common/freezeModes';
import { tinyBase, tinyFamilies } from '../../support/tinyBases';

const sd1 = parseUnetConfig(publishedConfigs['Stable Diffusion 1.x'].unet, 'published');

describe('the layers of Stable Diffusion 1.x', () => {
  const table = layerTable(sd1, 'crossattn-kv');

  it('learn the published numbers of parameters in the four modes', () => {
    expect(table.modes).toEqual({
      'crossattn-kv': 19_169_280,
      crossattn: 43_962_560,
      'self-crossattn-kv': 68_743_360,
      'self-crossattn': 93_536_640,
    });
    expect([table.learning, table.parameters]).toEqual([19_169_280, 93_536_640]);
  });

  it('are sixteen pairs with four projections each', () => {
    expect(table.layers).toHaveLength(32);
    const cross = table.layers.find(({ name }) => name === 'mid_block.attentions.0.transformer_blocks.0.attn2')!;
    expect(cross.projections.map(({ name, shapes, learning }) => ({ name, shapes, learning }))).toEqual([
      { name: 'to_q', shapes: { weight: [1280, 1280] }, learning: 0 },
      { name: 'to_k', shapes: { weight: [1280, 768] }, learning: 1280 * 768 },
      { name: 'to_v', shapes: { weight: [1280, 768] }, learning: 1280 * 768 },
      { name: 'to_out', shapes: { '0.weight': [1280, 1280], '0.bias': [1280] }, learning: 0 },
    ]);
  });

  it('are selected by patterns, and a pattern that selects nothing is refused', () => {
    const { learning } = layerTable(sd1, ['mid_block.*.attn2.to_k']);
    expect(learning).toBe(1280 * 768);
    expect(() => layerTable(sd1, ['mid_block.*.attn3'])).toThrow(/matches "mid_block\.\*\.attn3"/);
  });
});

describe.each(tinyFamilies)('the weights that %s asks for', (family) => {
  it('are those in its file, name by name and shape by shape', async () => {
    const { unet } = await tinyBase(family);
    const inFile = [...unet.sources].map(([name, { shape }]) => `${name} [${shape.join()}]`);
    const asked = [...unetShapes(unet.config)].map(([name, shape]) => `${name} [${shape.join()}]`);
    expect(asked.sort()).toEqual(inFile.sort());
    const learning = [...unet.sources.keys()].filter((name) => matchesTrainable(name, 'self-crossattn'));
    const { layers } = layerTable(unet.config, 'self-crossattn');
    expect(layers.flatMap(({ projections }) => projections.flatMap(({ shapes }) => Object.keys(shapes)))).toHaveLength(
      learning.length,
    );
  });
});
