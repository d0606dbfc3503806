import { isAbsolute, relative, sep } from 'node:path';
import type { FieldProblem } from '../common/webview/fineTune';

/** A problem as checks report it: the field as a path with dots or brackets, or the file it is about. */
export interface ReportedProblem {
  field: string;
  problem: string;
  remedy: string;
}

/**
 * Finds the field that a problem belongs to.
 * @param folders the absolute folders of the concepts
 */
export function fieldProblem({ field, problem, remedy }: ReportedProblem, folders: readonly string[]): FieldProblem {
  const owner = isAbsolute(field) ? folderOf(field, folders) : undefined;
  if (owner) return { field: folderField(owner.concept), ...(owner.file && { file: owner.file }), problem, remedy };
  if (!isConfigPath(field)) return { field: '', problem: field ? `${field}: ${problem}` : problem, remedy };
  const name = field.replaceAll(/\[(\d+)\]/g, '.$1');
  return { field: name, ...fileFirst(problem, folders[folders.findIndex((_, i) => folderField(i) === name)]), remedy };
}

function folderField(concept: number): string {
  return `concepts.${concept}.folder`;
}

/** A problem of a folder may begin with the path of the file it is about. */
function fileFirst(problem: string, folder: string | undefined): Pick<FieldProblem, 'file' | 'problem'> {
  if (!folder || !problem.startsWith(folder + sep)) return { problem };
  const rest = problem.slice(folder.length + 1);
  const end = rest.indexOf(': ');
  return end < 0 || rest.slice(0, end).includes(sep)
    ? { problem }
    : { file: rest.slice(0, end), problem: rest.slice(end + 2) };
}

/** The concept whose folder holds a path, and the name in it; the innermost folder if one lies in another. */
function folderOf(path: string, folders: readonly string[]): { concept: number; file?: string } | undefined {
  let best: { concept: number; way: string } | undefined;
  folders.forEach((folder, concept) => {
    if (!folder) return;
    const way = relative(folder, path);
    const outside = /^\.\.([\\/]|$)/.test(way) || isAbsolute(way);
    if (!outside && (!best || way.length < best.way.length)) best = { concept, way };
  });
  if (!best) return undefined;
  const { concept, way } = best;
  return way && !way.includes(sep) ? { concept, file: way } : { concept };
}

function isConfigPath(text: string): boolean {
  return /^\$?[A-Za-z]\w*([.[][\w\]]+)*$/.test(text);
}
