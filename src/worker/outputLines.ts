import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const longestLine = 8000;

/** Calls back for each line of a text stream, without colour codes; the last line needs no end. */
export function forEachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  const emit = (line: string) => {
    const text = stripVTControlCharacters(line).trimEnd();
    if (text) onLine(text);
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    lines.forEach((line) => emit(line.slice(0, longestLine)));
    // A library that never ends its line must not fill the memory.
    if (rest.length > longestLine) {
      emit(rest.slice(0, longestLine));
      rest = '';
    }
  });
  stream.on('end', () => {
    emit(rest);
    rest = '';
  });
  stream.on('error', () => {});
}

/** Keeps the last lines of what a process wrote, for error reports. */
export class OutputTail {
  private readonly kept: string[] = [];

  constructor(private readonly most = 200) {}

  add(line: string): void {
    this.kept.push(line);
    if (this.kept.length > this.most) this.kept.shift();
  }

  get lines(): readonly string[] {
    return [...this.kept];
  }
}
