import { opendir, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';

const maxEntries = 20_000;

/** The names in a folder, in an order that is the same on every machine. */
export interface FolderListing {
  /** Plain files and links, ordered by code units, never by the rules of a language. */
  files: string[];
  /** Where the folder really is, if it is a link to somewhere else. */
  linkedTo?: string;
}

/**
 * Lists the files of one folder, not of those inside it. Hidden files and those that systems leave behind are passed over.
 * @throws ProductError `not-found` when there is no such folder, `bad-input` when it is no folder, unreadable or far too full.
 */
export async function listFolder(folder: string): Promise<FolderListing> {
  try {
    if (!(await stat(folder)).isDirectory())
      throw new ProductError('bad-input', folder, 'this is not a folder', 'Give the folder that holds the pictures');
    const files: string[] = [];
    let entries = 0;
    for await (const entry of await opendir(folder)) {
      if (++entries > maxEntries)
        throw new ProductError(
          'bad-input',
          folder,
          `the folder holds more than ${maxEntries} entries`,
          'Put 4 to 20 pictures of the subject into a folder of their own',
        );
      if (!entry.isDirectory() && !isHousekeeping(entry.name)) files.push(entry.name);
    }
    files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const real = await realpath(folder);
    return real === (await realpath(resolve(folder, '..')).then((up) => resolve(up, baseName(folder))))
      ? { files }
      : { files, linkedTo: real };
  } catch (error) {
    throw asFolderError(error, folder);
  }
}

function baseName(folder: string): string {
  return resolve(folder).split(/[\\/]/).at(-1) ?? '';
}

function isHousekeeping(name: string): boolean {
  return name.startsWith('.') || name.endsWith('~') || /^(thumbs\.db|desktop\.ini|ehthumbs\.db|icon\r)$/i.test(name);
}

function asFolderError(error: unknown, folder: string): unknown {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ProductError('not-found', folder, 'the folder does not exist', 'Check the path');
    case 'ELOOP':
      return new ProductError('bad-input', folder, 'the link leads back to itself', 'Repair the link');
    case 'EACCES':
    case 'EPERM':
      return new ProductError('bad-input', folder, 'the folder cannot be read', 'Change its permissions');
    default:
      return error;
  }
}
