import type { Tensor } from '../graph/tensor';
import { Session, type SessionOptions, type Values } from './session';

/** A graph and what it is fed. */
export interface TimedGraph {
  outputs: Readonly<Record<string, Tensor>>;
  feeds: Values;
}

/**
 * Seconds that running each graph takes: the median of some rounds after one that does not count. All graphs take turns, so
 * that a moment of other work on the machine does not hit one alone. On a machine that is too busy there are fewer rounds.
 * @throws ProductError `device`
 */
export async function timeGraphs<Name extends string>(
  graphs: Readonly<Record<Name, TimedGraph>>,
  rounds: number,
  /** Seconds after which no further round begins. */
  limit: number,
  options: SessionOptions = {},
): Promise<Record<Name, number>> {
  const entries = Object.entries<TimedGraph>(graphs).map(([name, graph]) => ({
    name,
    ...graph,
    seconds: [] as number[],
  }));
  const sessions: Session[] = [];
  try {
    for (const { outputs } of entries) sessions.push(await Session.create(outputs, options));
    const end = performance.now() + 1000 * limit;
    for (let round = 0; round < 2 || (round <= rounds && performance.now() < end); round++)
      for (const [i, { feeds, seconds }] of entries.entries()) {
        const started = performance.now();
        await sessions[i]!.run(feeds);
        if (round > 0) seconds.push((performance.now() - started) / 1000);
      }
  } finally {
    for (const session of sessions) await session.release();
  }
  return Object.fromEntries(entries.map(({ name, seconds }) => [name, median(seconds)])) as Record<Name, number>;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;
