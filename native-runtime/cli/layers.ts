import { freezeModes, parseFreezeMode, type TrainableSelection } from '../../src/common/freezeModes';
import { pocketBase } from '../../src/common/config/configLimits';
import { ProductError } from '../../src/common/errors';
import { openBase } from '../models/baseChoice';
import { consoleFor, withCommonOptions, type AddCommand, type CommonOptions } from './commandContext';
import { formatCount, formatTable } from './formatting';
import { layerTable, type LayerTable, type ProjectionRow } from '../models/layerTable';

interface LayersOptions extends CommonOptions {
  base: string;
  mode?: string;
  layers?: string[];
}

/** `layers`: a base model's attention weights, and what each mode lets learn. */
export const addLayers: AddCommand = (program, context) => {
  const command = program
    .command('layers')
    .description('list the attention weights of a base model and which of them learn')
    .option('--base <model>', 'base model: a diffusers folder, a single file, or "pocket"', pocketBase)
    .option('--mode <mode>', `what learns: ${freezeModes.join(', ')} (default: ${freezeModes[0]})`)
    .option(
      '--layers <patterns...>',
      'patterns of layers that learn, instead of a mode, such as "down_blocks.*.attn2.to_k"',
    )
    .action(async (options: LayersOptions) => {
      const selection = selectionOf(options);
      const base = await openBase(options.base);
      const table = layerTable(base.unet.config, selection);
      consoleFor(context, options).result({ base: base.path, selection, ...table }, describe(table, selection));
    });
  withCommonOptions(command, [
    'layers --base ./stable-diffusion-v1-5 --mode crossattn',
    'layers --layers "up_blocks.*.attn2"',
  ]);
};

/** What `--mode` and `--layers` select together. @throws ProductError `bad-config` for both or an unknown mode. */
export function selectionOf({ mode, layers }: Pick<LayersOptions, 'mode' | 'layers'>): TrainableSelection {
  if (mode !== undefined && layers)
    throw new ProductError('bad-config', '--layers', 'a mode is chosen as well', 'Keep either --mode or --layers');
  return layers ?? parseFreezeMode(mode ?? freezeModes[0]!, '--mode');
}

function describe({ layers, modes, learning, parameters }: LayerTable, selection: TrainableSelection): string {
  const projections = layers[0]?.projections.map(({ name }) => name) ?? [];
  const rows = layers.map((layer) => [
    layer.name,
    ...layer.projections.map(shapeText),
    formatCount(layer.parameters),
    layer.learning ? formatCount(layer.learning) : '-',
  ]);
  const right = [projections.length + 1, projections.length + 2];
  const totals = Object.entries(modes).map(([mode, count]) => [
    mode === selection ? `${mode} (selected)` : mode,
    formatCount(count),
  ]);
  if (typeof selection !== 'string') totals.push([`${selection.join(' ')} (selected)`, formatCount(learning)]);
  return [
    formatTable([['attention layer', ...projections, 'parameters', 'learning'], ...rows], right),
    '',
    '* learns; attn1 looks at the picture itself, attn2 at the prompt. Shapes are [out, in] + bias.',
    '',
    formatTable([['what learns', 'parameters'], ...totals, ['all attention weights', formatCount(parameters)]], [1]),
  ].join('\n');
}

function shapeText({ shapes, learning }: ProjectionRow): string {
  return `${Object.values(shapes)
    .map((shape) => shape.join('×'))
    .join(' + ')}${learning ? ' *' : ''}`;
}
