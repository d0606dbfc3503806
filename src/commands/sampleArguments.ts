import type { ModelChoice } from '../common/protocol/sampling';

/**
 * What a menu or another view says to generate with: a file's URI, a path, a run or checkpoint (something with a `folder`, or
 * with a `run` or `checkpoint` that has one), or a base (`base`). Undefined for anything else; the user is asked then.
 */
export function modelOfArgument(argument: unknown): Pick<ModelChoice, 'base' | 'delta'> | undefined {
  if (typeof argument === 'string' && argument !== '') return { delta: argument };
  if (!isRecord(argument)) return undefined;
  if (argument['scheme'] === 'file' && typeof argument['fsPath'] === 'string') return { delta: argument['fsPath'] };
  for (const key of ['checkpoint', 'run']) {
    const inner = argument[key];
    if (isRecord(inner) && typeof inner['folder'] === 'string') return { delta: inner['folder'] };
  }
  if (typeof argument['delta'] === 'string') return { delta: argument['delta'] };
  if (typeof argument['folder'] === 'string') return { delta: argument['folder'] };
  if (typeof argument['base'] === 'string') return { base: argument['base'] };
  return isRecord(argument['resourceUri']) ? modelOfArgument(argument['resourceUri']) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
