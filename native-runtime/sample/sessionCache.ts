import type { Session } from '../device/session';

/** A compiled graph with whatever its user must know to run it. */
export interface Compiled {
  session: Session;
}

interface Entry {
  compiled: Promise<Compiled>;
  /** Runs under way; an entry in use is never released. */
  users: number;
}

/**
 * Compiled graphs by key, at most `limit` of them: the one unused for longest makes room. Whoever asks for a graph while
 * it is being compiled waits for the same one.
 */
export class SessionCache {
  /** In order of last use. */
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly limit: number) {}

  /** Compiles the graph of this key unless it is at hand, and lends it to `work`. */
  async use<T extends Compiled, R>(
    key: string,
    compile: () => Promise<T>,
    work: (compiled: T) => Promise<R>,
  ): Promise<R> {
    const entry = this.entries.get(key) ?? { compiled: compile(), users: 0 };
    // Whoever waits for it hears of a failure; until someone does, it must not count as unhandled.
    entry.compiled.catch(() => {});
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.users++;
    try {
      await this.trim();
      return await work((await entry.compiled) as T);
    } catch (error) {
      // A graph that could not be compiled must not stay, or it would fail for good.
      await entry.compiled.catch(() => this.entries.delete(key));
      throw error;
    } finally {
      entry.users--;
    }
  }

  /** Frees all graphs; call it when no run is under way. */
  async release(): Promise<void> {
    for (const key of [...this.entries.keys()]) await this.drop(key);
  }

  private async trim(): Promise<void> {
    while (this.entries.size > this.limit) {
      const idle = [...this.entries].find(([, { users }]) => users === 0);
      if (!idle) return;
      await this.drop(idle[0]);
    }
  }

  private async drop(key: string): Promise<void> {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    const compiled = await entry?.compiled.catch(() => undefined);
    await compiled?.session.release();
  }
}
