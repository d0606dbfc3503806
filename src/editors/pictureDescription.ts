import { open } from 'node:fs/promises';
import * as z from 'zod';
import { modelChoice, type ModelChoice } from '../common/protocol/sampling';
import { readPngRecord } from '../pictures/pngRecord';

/** What is known of a picture before a model has looked at it. */
export interface PictureDescription {
  prompt: string;
  /** What made it. */
  model?: ModelChoice;
}

const record = z.object({
  prompt: z.string().max(20_000).catch(''),
  choice: modelChoice.optional().catch(undefined),
});

const LARGEST_CAPTION = 8192;

/** The prompt that a picture says it was made with, or the caption in the `.txt` file beside a training picture. */
export async function describePicture(path: string): Promise<PictureDescription> {
  const parsed = record.safeParse((await readPngRecord(path))?.record);
  if (parsed.success && parsed.data.prompt !== '') {
    const { prompt, choice } = parsed.data;
    return choice ? { prompt, model: choice } : { prompt };
  }
  return { prompt: await readCaption(path.replace(/\.[^./\\]+$/, '.txt')) };
}

/** The first line of a caption file; empty when there is none. */
async function readCaption(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '';
  try {
    if (!(await file.stat()).isFile()) return '';
    const buffer = Buffer.alloc(LARGEST_CAPTION);
    const { bytesRead } = await file.read(buffer, 0, LARGEST_CAPTION, 0);
    const line = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/)[0] ?? '';
    return line.includes('\0') ? '' : line.trim();
  } catch {
    return '';
  } finally {
    await file.close().catch(() => {});
  }
}
