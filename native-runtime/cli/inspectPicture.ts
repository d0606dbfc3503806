import { existsSync } from 'node:fs';
import { attentionPathFor } from '../attention/attentionFile';
import { sniffContent } from '../data/imageFormat';
import { inspectImage } from '../data/images';
import { readBytes, withRegularFile } from '../formats/regularFile';
import { parseParameters } from '../sample/parameters';
import { readPngMetadata } from '../sample/pngMetadata';
import type { Inspection } from './inspect';

/** Whether a file begins as a picture does. @throws ProductError when it cannot be read. */
export async function isPicture(path: string): Promise<boolean> {
  return withRegularFile(path, async (file) => {
    const start = await readBytes(file, 0, Math.min(file.size, 1024));
    const found = sniffContent(start);
    return 'format' in found || /picture|drawing|raw|Photoshop|video/.test(found.foreign.replace('not a picture', ''));
  });
}

/** A picture's size, and how it was made where it says so. @throws ProductError `bad-image` */
export async function inspectPicture(path: string): Promise<Inspection> {
  const { format, width, height, notices } = await inspectImage(path);
  const facts = { kind: 'picture', path, format, size: `${width}×${height}`, ...(notices.length ? { notices } : {}) };
  if (format !== 'png') return facts;
  const { parameters, record, text, skipped } = await readPngMetadata(path);
  const other = [...text.keys()].filter((key) => key !== 'parameters' && key !== 'custom-diffusion');
  return {
    ...facts,
    ...(parameters === undefined ? {} : { parameters: readable(parameters) }),
    ...(record ? { record } : {}),
    ...(existsSync(attentionPathFor(path)) ? { attention: attentionPathFor(path) } : {}),
    ...(other.length ? { otherText: other } : {}),
    ...(skipped.length ? { skippedText: skipped } : {}),
  };
}

function readable(parameters: string): Record<string, unknown> {
  const { prompt, negativePrompt, fields } = parseParameters(parameters);
  return { prompt, ...(negativePrompt ? { negativePrompt } : {}), ...Object.fromEntries(fields) };
}
