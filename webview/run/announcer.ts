/** So long after one announcement the next may come, in milliseconds. */
const pauseBetween = 10_000;

/** Decides when a value is worth reading aloud: when it is new, and never twice within ten seconds. */
export class Announcer {
  private last?: { at: number; text: string };

  /** The text to announce now, or undefined to stay silent. */
  next(text: string, now: number): string | undefined {
    if (this.last && (text === this.last.text || now - this.last.at < pauseBetween)) return undefined;
    this.last = { at: now, text };
    return text;
  }
}
