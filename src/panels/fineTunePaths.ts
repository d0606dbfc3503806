import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pocketBase } from '../common/config/configLimits';
import { valueAt, type FieldEdit, type FieldPath, type FineTuneDraft } from '../common/webview/fineTuneDraft';

/** The absolute path that a text of a configuration means. */
export function absolutePath(text: string, folder: string): string {
  return /^~([\\/]|$)/.test(text) ? join(homedir(), text.slice(1)) : resolve(folder, text);
}

/** A path as a configuration in `folder` writes it: relative and with `/` when it lies inside, else absolute. */
export function writtenPath(path: string, folder: string): string {
  const way = relative(folder, path);
  if (way === '') return '.';
  return /^\.\.([\\/]|$)/.test(way) || isAbsolute(way) ? path : way.split(sep).join('/');
}

/** The base model as requests to the runtime name it. */
export function absoluteBase(draft: FineTuneDraft, folder: string): string {
  const { base } = draft;
  if (typeof base !== 'string' || !base.trim()) return pocketBase;
  return base === pocketBase ? base : absolutePath(base, folder);
}

/** The absolute folders of the concepts; a concept without a folder has an empty one. */
export function conceptFolders(draft: FineTuneDraft, folder: string): string[] {
  const { concepts } = draft;
  if (!Array.isArray(concepts)) return [];
  return concepts.map((concept) => {
    const text = valueAt(concept, ['folder']);
    return typeof text === 'string' && text.trim() ? absolutePath(text, folder) : '';
  });
}

/** Fields that hold a path and that the user may choose with a dialogue or leave to the default. */
export function isFolderField(path: FieldPath): boolean {
  return path.join('.') === 'output' || /^concepts\.\d+\.prior\.folder$/.test(path.join('.'));
}

/**
 * Whether the page may make a change by itself. Paths are written by the host alone, or a page could have any folder read;
 * so concepts and objects as a whole are not the page's either.
 */
export function isPageEdit({ path, value }: FieldEdit): boolean {
  if (isFolderField(path)) return value === undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return false;
  if (path[0] === 'concepts') return path.length > 2 && path[2] !== 'folder';
  return path[0] !== 'base' && path.at(-1) !== 'folder';
}
