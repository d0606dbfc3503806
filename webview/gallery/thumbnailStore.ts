import type { PictureName } from './navigation';

/** What the store asks the host for. */
export type AskForThumbnails = (pictures: PictureName[]) => void;

interface Wish {
  name: PictureName;
  asked: boolean;
  listeners: Set<() => void>;
}

/** Pictures that come into view within this time are asked for together; those scrolled past meanwhile not at all. */
const GATHER_MS = 40;
/** No more in one message than the host takes. */
const AT_ONCE = 100;

/** The small copies of large pictures, by the picture's own `src`; only what is in view is asked for. */
export class ThumbnailStore {
  private readonly known = new Map<string, string>();
  private readonly wishes = new Map<string, Wish>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: AskForThumbnails) {}

  /** What to show in place of a picture; undefined until the host has told. */
  find(src: string): string | undefined {
    return this.known.get(src);
  }

  /** A picture is in view until the result is called. */
  watch(src: string, name: PictureName, onFound: () => void): () => void {
    if (this.known.has(src)) return () => {};
    const wish = this.wishes.get(src) ?? { name, asked: false, listeners: new Set() };
    wish.listeners.add(onFound);
    this.wishes.set(src, wish);
    this.timer ??= setTimeout(() => this.askNow(), GATHER_MS);
    return () => {
      wish.listeners.delete(onFound);
      if (wish.listeners.size === 0 && !wish.asked) this.wishes.delete(src);
    };
  }

  /** The host told what to show. */
  receive(found: Readonly<Record<string, string>>): void {
    for (const [src, thumbnail] of Object.entries(found)) {
      this.known.set(src, thumbnail);
      const listeners = this.wishes.get(src)?.listeners ?? [];
      this.wishes.delete(src);
      for (const onFound of listeners) onFound();
    }
  }

  private askNow(): void {
    this.timer = undefined;
    const open = [...this.wishes.values()].filter(({ asked }) => !asked);
    for (const wish of open) wish.asked = true;
    for (let i = 0; i < open.length; i += AT_ONCE) this.ask(open.slice(i, i + AT_ONCE).map(({ name }) => name));
  }
}
