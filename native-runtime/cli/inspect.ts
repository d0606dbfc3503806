import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { scanPictures } from '../data/pictureScan';
import { consoleFor, withCommonOptions, type AddCommand, type CommonOptions } from './commandContext';
import { formatFacts } from './formatting';
import { inspectCheckpoint } from './inspectCheckpoint';
import { inspectModel } from './inspectModel';
import { inspectPicture, isPicture } from './inspectPicture';
import { inspectRun } from './inspectRun';
import { inspectWeights } from './inspectWeights';

/** What was found out: plain data, `kind` first. */
export type Inspection = { kind: string } & Record<string, unknown>;

/** `inspect`: what is in a file or folder. */
export const addInspect: AddCommand = (program, context) => {
  const command = program
    .command('inspect')
    .description('say what is in a model, delta, LoRA, checkpoint, picture, attention file or run')
    .argument('<file>', 'file or folder')
    .action(async (path: string, options: CommonOptions) => {
      const found = await inspect(path);
      consoleFor(context, options).result(found, formatFacts(found));
    });
  withCommonOptions(command, ['inspect pictures/0001-1.png', 'inspect delta.safetensors --json']);
};

/**
 * What a file or folder holds, told by its content, never by its name.
 * @throws ProductError `not-found`, or what is wrong with it
 */
export async function inspect(path: string): Promise<Inspection> {
  if (!existsSync(path)) throw new ProductError('not-found', path, 'there is no such file or folder', 'Check the path');
  if (!statSync(path).isDirectory()) return (await isPicture(path)) ? inspectPicture(path) : inspectWeights(path);
  const has = (...parts: string[]) => existsSync(join(path, ...parts));
  if (has('unet', 'config.json')) return inspectModel(path);
  if (has('manifest.json') && has('state.safetensors')) return inspectCheckpoint(path);
  if (has('config.json') && has('manifest.json')) return inspectRun(path);
  return inspectPictureFolder(path);
}

async function inspectPictureFolder(path: string): Promise<Inspection> {
  const { pictures, skipped, warnings } = await scanPictures(path);
  if (pictures.length === 0)
    throw new ProductError(
      'bad-input',
      path,
      'this is no model, run or checkpoint, and there are no pictures in it',
      'Give a file, or one of these folders',
    );
  return {
    kind: 'folder of pictures',
    path,
    pictures: pictures.map(({ file, width, height, format }) => `${file}: ${width}×${height} ${format}`),
    skipped: skipped.map(({ file, reason }) => `${file}: ${reason}`),
    warnings: warnings.map(({ file, problem }) => (file ? `${file}: ${problem}` : problem)),
  };
}
