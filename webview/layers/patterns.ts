import type { LayerModel, LayerNode } from './layerModel';
import type { LayerSelection } from './selection';

/** A pattern and the parameters it selects. */
interface Candidate {
  pattern: string;
  parameters: number[];
}

/**
 * Patterns that select exactly these parameters: few, and in words a reader of the file understands.
 * Whole parts of the UNet are named as such, and what is alike in several parts with one `*`.
 */
export function writePatterns(model: LayerModel, selection: LayerSelection): string[] {
  const usable = candidatesOf(model).filter(({ parameters }) => parameters.every((i) => selection[i]));
  const open = new Set(model.root.parameters.filter((i) => selection[i]));
  const chosen: Candidate[] = [];
  while (open.size > 0) {
    const best = bestOf(usable, open);
    if (!best) break;
    chosen.push(best);
    best.parameters.forEach((i) => open.delete(i));
  }
  return withoutSpare(chosen)
    .sort((a, b) => a.parameters[0]! - b.parameters[0]! || b.parameters.length - a.parameters.length)
    .map(({ pattern }) => pattern);
}

/** The candidate that adds most; of equals the shortest. */
function bestOf(candidates: readonly Candidate[], open: ReadonlySet<number>): Candidate | undefined {
  let best: Candidate | undefined;
  let most = 0;
  for (const candidate of candidates) {
    const adds = candidate.parameters.reduce((n, i) => n + (open.has(i) ? 1 : 0), 0);
    if (adds < most || adds === 0) continue;
    if (best && adds === most && candidate.pattern.length >= best.pattern.length) continue;
    [best, most] = [candidate, adds];
  }
  return best;
}

/** Greedy choices may make an earlier one superfluous. */
function withoutSpare(chosen: readonly Candidate[]): Candidate[] {
  return chosen.reduce<Candidate[]>((kept, candidate) => {
    const others = new Set(kept.filter((k) => k !== candidate).flatMap(({ parameters }) => parameters));
    return candidate.parameters.every((i) => others.has(i)) ? kept.filter((k) => k !== candidate) : kept;
  }, chosen.slice());
}

const known = new WeakMap<LayerModel, Candidate[]>();

/** Every pattern worth writing for a model; made once. */
function candidatesOf(model: LayerModel): Candidate[] {
  const made = known.get(model);
  if (made) return made;
  const nodes = allNodes(model.root);
  const kinds = kindsOf(model.names);
  const candidates: Candidate[] = nodes.map(({ id, parameters }) => ({ pattern: id || '*', parameters }));
  candidates.push(...model.names.map((pattern, i) => ({ pattern, parameters: [i] })));
  const sides = sidesOf(model.root);
  candidates.push(...sides.map(({ id, parameters }) => ({ pattern: id, parameters })));
  const scopes = nodes.filter(({ part }) => part === 'unet' || part === 'block' || part === 'attention');
  for (const { id, parameters } of [...scopes, ...sides])
    for (const [kind, ofKind] of kinds) {
      const inside = parameters.filter((i) => ofKind.has(i));
      if (inside.length > 0) candidates.push({ pattern: id ? `${id}.*.${kind}` : `*.${kind}`, parameters: inside });
    }
  known.set(model, candidates);
  return candidates;
}

/** `attn2`, `attn2.to_k`, `to_k`, …: the ends of names, and the parameters that have them. */
function kindsOf(names: readonly string[]): Map<string, Set<number>> {
  const kinds = new Map<string, Set<number>>();
  names.forEach((name, i) => {
    const match = /\.(attn[12])\.(to_\w+)\./.exec(name);
    if (!match) return;
    for (const kind of [match[1]!, `${match[1]}.${match[2]}`, match[2]!])
      kinds.set(kind, (kinds.get(kind) ?? new Set()).add(i));
  });
  return kinds;
}

/** All blocks of one side together: `down_blocks`, `up_blocks`. */
function sidesOf(root: LayerNode): { id: string; parameters: number[] }[] {
  const sides = new Map<string, number[]>();
  for (const { id, parameters } of root.children) {
    const side = /^(\w+)\.\d+$/.exec(id)?.[1];
    if (side) sides.set(side, [...(sides.get(side) ?? []), ...parameters]);
  }
  return [...sides].map(([id, parameters]) => ({ id, parameters }));
}

function allNodes(node: LayerNode): LayerNode[] {
  return [node, ...node.children.flatMap(allNodes)];
}
