import { ProductError } from '../../src/common/errors';
import { readBytes, withRegularFile } from './regularFile';

/** More than any configuration or vocabulary file needs. */
const maxTextBytes = 64 * 2 ** 20;

/**
 * The text of a UTF-8 file, without a byte order mark.
 * @throws ProductError `not-found` or `bad-file` when it is missing, not a regular file, larger than 64 MiB, or not UTF-8.
 */
export async function readTextFile(path: string): Promise<string> {
  return withRegularFile(path, async (file) => {
    if (file.size > maxTextBytes)
      throw new ProductError('bad-file', path, `${file.size} bytes are too many for a text file`, 'Check the path');
    const bytes = await readBytes(file, 0, file.size);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw new ProductError('bad-file', path, 'the file is not UTF-8 text', 'Download it again');
    }
  });
}

/**
 * The object in a JSON file.
 * @throws ProductError `bad-file` when the text is not JSON or its value is not an object; otherwise as `readTextFile`.
 */
export async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  const text = await readTextFile(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProductError('bad-file', path, `not JSON: ${(error as Error).message}`, 'Download the file again');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ProductError('bad-file', path, 'expected a JSON object', 'Download the file again');
  return value as Record<string, unknown>;
}
