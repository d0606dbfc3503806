import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { internationalTextChunk, pngChunk, PNG_SIGNATURE } from '../../../native-runtime/sample/pngChunks';
import type { SavedPictureRecord } from '../../../src/common/protocol/sampling';

/** The bytes of a PNG's head with a record; there is no picture in it, which nobody here looks at. */
export function pngBytes(record?: unknown, { width = 64, height = 48 } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const text = record === undefined ? [] : [internationalTextChunk('custom-diffusion', asText(record))];
  return Buffer.concat([PNG_SIGNATURE, pngChunk('IHDR', header), ...text, pngChunk('IEND', Buffer.alloc(0))]);
}

function asText(record: unknown): string {
  return typeof record === 'string' ? record : JSON.stringify(record);
}

/** What the runtime writes into a picture. */
export function pictureRecord(seed: number) {
  return {
    format: 'custom-diffusion-picture-1',
    prompt: 'a cat on the beach',
    seed,
    width: 64,
    height: 48,
    steps: 20,
    scheduler: 'ddim',
    guidanceScale: 4,
    model: 'pocket',
    delta: { name: 'cat', strength: 0.5 },
  };
}

/** Puts a picture on disk and tells of it as the runtime does. */
export async function drawPicture(folder: string, number: number, seed: number): Promise<SavedPictureRecord> {
  const path = join(folder, `${String(number).padStart(4, '0')}-${seed}.png`);
  await writeFile(path, pngBytes(pictureRecord(seed)));
  return {
    path,
    width: 64,
    height: 48,
    prompt: 'a cat on the beach',
    negativePrompt: '',
    seed,
    steps: 20,
    scheduler: 'ddim',
    guidanceScale: 4,
    model: { base: 'pocket', label: 'Pocket model' },
  };
}
