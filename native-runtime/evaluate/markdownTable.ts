/** A cell of a table. */
export type Cell = string | number;

/**
 * A Markdown table, columns padded to equal width; columns of nothing but numbers are right-aligned.
 * @throws RangeError when a row has more or fewer cells than the header.
 */
export function markdownTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  for (const row of rows)
    if (row.length !== header.length)
      throw new RangeError(`a row of ${row.length} cells in a table of ${header.length} columns`);
  const text = rows.map((row) => row.map(escapeCell));
  const numeric = header.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const titles = header.map(escapeCell);
  const widths = titles.map((title, i) => Math.max(3, title.length, ...text.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')} |`;
  const rule = widths.map((width, i) => (numeric[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(titles), line(rule), ...text.map(line)].map((row) => `${row}\n`).join('');
}

/** A text as Markdown code, so that `<new1>` is not taken for a tag; the empty text is named. */
export function code(text: string): string {
  return text ? `\`${text.replaceAll('`', "'")}\`` : '(empty)';
}

/** Bars would end the cell, line breaks the table. */
function escapeCell(cell: Cell): string {
  return String(cell).replaceAll('|', '\\|').replaceAll(/\r?\n/g, ' ');
}
