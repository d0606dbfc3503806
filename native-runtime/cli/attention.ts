import { Option } from 'commander';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';
import type { ComputedOn } from '../../src/common/protocol/device';
import { attentionPathFor, loadAttention, type SavedAttention } from '../attention/attentionFile';
import { explainPicture } from '../attention/explainPicture';
import type { OverlayStyle } from '../../src/common/attention/shading';
import { loadImage, type RgbImage } from '../data/images';
import { computedOnOf, describeComputing, requireComputing } from '../device/requireDevice';
import { Generator } from '../sample/generator';
import { readPngMetadata } from '../sample/pngMetadata';
import { oneOf, parseList, parseSize, realNumber, wholeNumber } from './arguments';
import { showAttention, type AttentionResult, type AttentionView } from './attentionView';
import {
  addComputingFlags,
  consoleFor,
  withCommonOptions,
  type AddCommand,
  type CommonOptions,
  type ComputingFlags,
} from './commandContext';
import type { Console } from './console';
import { openFineTune, tunedAt } from '../sample/fineTune';
import { formatTable } from './formatting';
import { reportModel } from './supervision/reportModel';

/** Which picture is looked at, and how it is shown. */
export interface AttentionOptions extends AttentionView, CommonOptions, ComputingFlags {
  prompt?: string;
  base?: string;
  delta?: string;
  strength?: number;
  timestep?: number;
  seed?: number;
  size?: { width: number; height: number };
}

/** `attention`: where the model looked for each word. */
export const addAttention: AddCommand = (program, context) => {
  const styles: OverlayStyle[] = ['heat', 'mask', 'contour'];
  const command = addComputingFlags(program.command('attention'))
    .description('show where in a picture the model looks for each word')
    .argument('<picture>', 'a picture made with --attention, or any picture together with --prompt')
    .option(
      '--prompt <prompt>',
      'look at the picture with this prompt: it is encoded, noised and shown to the model once',
    )
    .option('--base <model>', 'base model for --prompt (default: that of the run, or pocket)')
    .option('--delta <file-or-run>', 'fine-tune for --prompt')
    .addOption(new Option('--strength <s>', 'of the fine-tune (default: 1)').argParser(realNumber(-10, 10)))
    .addOption(
      new Option('--timestep <t>', 'how much noise, from 0 to 999 (default: 400)').argParser(wholeNumber(0, 1_000_000)),
    )
    .addOption(new Option('--seed <n>', 'of the noise').argParser(wholeNumber()))
    .addOption(new Option('--size <WxH>', 'pixels the picture is looked at').argParser(parseSize))
    .addOption(
      new Option('--words <words>', 'words to show, such as "<new1>+cat,dog"; their overlaps are printed').argParser(
        parseList,
      ),
    )
    .addOption(new Option('--style <style>', `${styles.join(', ')}`).argParser(oneOf(styles)).default('heat'))
    .addOption(new Option('--opacity <o>', 'of the overlay, from 0 to 1').argParser(realNumber(0, 1)))
    .addOption(new Option('--threshold <t>', 'heat where a mask begins, from 0 to 1').argParser(realNumber(0, 1)))
    .addOption(
      new Option('--scale <kind>', 'own: each word on its own scale; common: one scale')
        .argParser(oneOf(['own', 'common'] as const))
        .default('own'),
    )
    .option('--layer <name>', 'maps of one layer instead of the mean')
    .addOption(new Option('--step <n>', 'maps of one sampling step instead of the mean').argParser(wholeNumber(1)))
    .option('--special', 'show start, end and padding as well')
    .option('--each <folder>', 'also write an overlay of each word at the size of the picture')
    .option(
      '--output <file>',
      'the sheet (default: beside a picture made here, else in the working folder; one of its own for each layer and step)',
    )
    .action(async (picture: string, options: AttentionOptions) => {
      const console = consoleFor(context, options);
      const result = await attentionCommand(console, picture, options);
      console.result(result, describe(result));
    });
  withCommonOptions(command, [
    'attention pictures/0001-1.png --words "<new1>+cat,dog"',
    'attention photos/cat/01.jpg --prompt "photo of a cat" --timestep 300 --style contour',
  ]);
};

/** Draws the maps of a picture. @throws ProductError naming the flag or file at fault. */
export async function attentionCommand(
  console: Console,
  picture: string,
  options: AttentionOptions,
): Promise<AttentionResult> {
  const { layer, step } = options;
  if (layer !== undefined && step !== undefined)
    throw new ProductError('bad-input', '--step', 'a layer is chosen as well', 'Keep either --layer or --step');
  const saved = attentionPathFor(picture);
  if (options.prompt === undefined && existsSync(picture) && existsSync(saved)) {
    const flags = ['base', 'delta', 'strength', 'timestep', 'seed', 'size', 'device', 'precision'] as const;
    const explainsOnly = flags.find((flag) => options[flag] !== undefined);
    if (explainsOnly)
      throw new ProductError(
        'bad-input',
        `--${explainsOnly}`,
        'has no effect on saved maps',
        'Give a --prompt to look anew',
      );
    return showAttention(picture, await loadImage(picture), await loadAttention(saved), {
      output: join(dirname(picture), sheetName(picture, options)),
      ...options,
    });
  }
  if (step !== undefined)
    throw new ProductError(
      'bad-input',
      '--step',
      'needs the maps of every step, which are not beside this picture',
      'Make it with --attention steps and leave --prompt out',
    );
  const { image, maps, computedOn } = await look(console, picture, options);
  const output = join(process.cwd(), sheetName(picture, options));
  return { ...(await showAttention(picture, image, maps, { output, ...options })), computedOn };
}

/** A sheet of one layer or step does not take the place of that of the mean. */
function sheetName(picture: string, { layer, step }: AttentionOptions): string {
  const stem = basename(picture).replace(/\.[^.]+$/, '');
  const part = layer !== undefined ? `.${layer.replace(/[^\w.-]+/g, '-')}` : step !== undefined ? `.step-${step}` : '';
  return `${stem}.attention${part}.png`;
}

async function look(
  console: Console,
  picture: string,
  options: AttentionOptions,
): Promise<{ image: RgbImage; maps: SavedAttention; computedOn: ComputedOn }> {
  const session = await requireComputing(options);
  const loaded = await loadImage(picture);
  const prompt = options.prompt ?? (await promptOf(picture));
  const fineTune = await openFineTune(options, (text) => console.warn(text));
  reportModel(fineTune.base);
  const tuned = await tunedAt(fineTune, options.strength ?? 1);
  const generator = await Generator.create(fineTune.base, { tuned, session });
  try {
    const { timestep, seed, size } = options;
    const perLayer = options.layer !== undefined;
    const seen = await explainPicture(generator, loaded, prompt, { timestep, seed, size, perLayer });
    const { width, height } = seen.image;
    return {
      image: seen.image,
      maps: { aggregate: seen.attention, prompt, words: seen.words, picture: { width, height } },
      computedOn: computedOnOf(session),
    };
  } finally {
    await generator.release();
  }
}

/** A picture made by this product or the A1111 web UI tells its prompt; only ours is taken without asking. */
async function promptOf(picture: string): Promise<string> {
  const record = await readPngMetadata(picture).then(
    (metadata) => metadata.record,
    () => undefined,
  );
  if (typeof record?.prompt === 'string') return record.prompt;
  throw new ProductError(
    'bad-input',
    resolve(picture),
    'there are no saved attention maps beside it',
    'Say what it shows with --prompt, or make pictures with --attention',
  );
}

function describe({ prompt, words, overlaps, sheet, overlays, computedOn }: AttentionResult): string {
  const rows = words.map(({ text, mass, isModifier }) => [
    isModifier ? `${text} (learned)` : text,
    `${(100 * mass).toFixed(2)} %`,
  ]);
  return [
    `prompt: ${prompt}`,
    '',
    formatTable([['word', 'mean attention'], ...rows], [1]),
    ...(overlaps.length
      ? ['', ...overlaps.map((o) => `overlap of "${o.words[0]}" and "${o.words[1]}": ${o.overlap.toFixed(3)}`)]
      : []),
    '',
    `sheet: ${sheet}`,
    ...overlays,
    ...(computedOn ? [`device: ${describeComputing(computedOn)}`] : []),
  ].join('\n');
}
