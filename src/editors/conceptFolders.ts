import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What a folder of pictures looks like from outside; nothing is opened. */
export type FolderLook = { kind: 'folder'; pictures: number } | { kind: 'missing' } | { kind: 'notFolder' };

const pictureName = /\.(png|jpe?g|webp)$/i;

/** The absolute path that a text in a configuration means: relative ones start at the document, `~` is the home folder. */
export function resolveFolder(text: string, documentFolder: string): string {
  return /^~([\\/]|$)/.test(text) ? join(homedir(), text.slice(1)) : resolve(documentFolder, text);
}

/** Counts the pictures in a folder by their names. */
export async function lookAtFolder(path: string): Promise<FolderLook> {
  try {
    const names = await readdir(path);
    return { kind: 'folder', pictures: names.filter((name) => pictureName.test(name) && !name.startsWith('.')).length };
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'notFolder' : 'missing' };
  }
}

/** The folders that a half-written path may go on to: what it says up to the last separator, and the names below. */
export async function folderCompletions(written: string, documentFolder: string): Promise<string[]> {
  const cut = Math.max(written.lastIndexOf('/'), written.lastIndexOf('\\'));
  const base = written.slice(0, cut + 1);
  const entries = await readdir(resolveFolder(base || '.', documentFolder), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => base + name)
    .sort((a, b) => a.localeCompare(b));
}
