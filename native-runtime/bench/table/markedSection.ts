import { readFile } from 'node:fs/promises';
import { ProductError } from '../../../src/common/errors';
import { atomicWrite } from '../../atomicWrite';

/** Puts new text between `<!-- bench:name -->` and `<!-- /bench:name -->` of a document. @throws ProductError `bad-input` without them. */
export async function writeMarkedSection(path: string, name: string, text: string): Promise<void> {
  await atomicWrite(path, replaceSection(await readFile(path, 'utf8'), name, text, path));
}

/** The document with the new text in its section. */
export function replaceSection(document: string, name: string, text: string, path: string): string {
  const [opening, closing] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [start, end] = [document.indexOf(opening), document.indexOf(closing)];
  if (start < 0 || end < start)
    throw new ProductError('bad-input', path, `no section ${opening}`, `Add ${opening} and ${closing} around it`);
  return `${document.slice(0, start + opening.length)}\n\n${text.trim()}\n\n${document.slice(end)}`;
}
