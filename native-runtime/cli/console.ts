import type { Writable } from 'node:stream';
import { ProgressBar } from './progressBar';

/** Where a command writes. */
export interface Streams {
  /** Results. */
  out: Writable;
  /** Everything else: progress, notes, warnings, errors. */
  err: Writable;
  /** Whether `err` is a terminal, where a line can be drawn over. */
  terminal: boolean;
}

/** The streams of this process. */
export function processStreams(): Streams {
  return { out: process.stdout, err: process.stderr, terminal: process.stderr.isTTY === true };
}

/** A command's voice: results go to standard output, as text or as JSON; all else goes to standard error. */
export class Console {
  private bar: ProgressBar | undefined;

  constructor(
    private readonly streams: Streams,
    /** Results are printed as JSON and nothing else is on standard output. */
    readonly json: boolean,
  ) {}

  /** A note on what is going on. */
  note(text: string): void {
    this.bar?.clear();
    this.streams.err.write(`${text}\n`);
  }

  /** Something that is allowed but perhaps not meant. */
  warn(text: string): void {
    this.note(`warning: ${text}`);
  }

  /** The result of the command, once: `value` with --json, else the text. */
  result(value: unknown, text: string): void {
    this.streams.out.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
  }

  /** Starts a progress bar in place of the one before. */
  progress(label: string, total: number): ProgressBar {
    this.endProgress();
    this.bar = new ProgressBar(this.streams.err, this.streams.terminal, label, total);
    return this.bar;
  }

  /** Ends the bar that is on the screen, if any. */
  endProgress(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
