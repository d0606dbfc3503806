import type { TensorData } from '../tensorData';
import { identical } from './measures';

/** Nested data of a weight file. */
export type Tree = TensorData | ReadonlyMap<string | number, Tree> | readonly Tree[] | string | number | boolean | null;

/** The dotted names of what differs between two trees: keys, dtypes, shapes or values. The order of keys does not count. */
export function treeDifferences(ours: Tree | undefined, theirs: Tree | undefined, name = 'the file'): string[] {
  const [a, b] = [childrenOf(ours), childrenOf(theirs)];
  if (a && b) {
    const below = (key: string | number) => (name === 'the file' ? String(key) : `${name}.${key}`);
    const keys = new Set([...a.keys(), ...b.keys()]);
    return [...keys].flatMap((key) => treeDifferences(a.get(key), b.get(key), below(key)));
  }
  const equal = isTensor(ours) && isTensor(theirs) ? identical(ours, theirs) : ours === theirs;
  return equal ? [] : [name];
}

function childrenOf(tree: Tree | undefined): ReadonlyMap<string | number, Tree> | undefined {
  if (tree instanceof Map) return tree;
  return Array.isArray(tree) ? new Map((tree as readonly Tree[]).entries()) : undefined;
}

function isTensor(tree: Tree | undefined): tree is TensorData {
  return typeof tree === 'object' && tree !== null && 'dtype' in tree;
}
