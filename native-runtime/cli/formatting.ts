/** A time as people say it: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A whole number with separators, the same in every locale: `19,169,280`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Rows of cells as lines of aligned columns; the first row is the heading. Columns in `right` are flush right. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Plain data as indented lines, `name: value`; names are turned from camelCase into words. */
export function formatFacts(value: Readonly<Record<string, unknown>>, indent = ''): string {
  return Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .map(([name, v]) => `${indent}${asWords(name)}:${formatValue(v, indent)}`)
    .join('\n');
}

function formatValue(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const plain = value.every((v) => typeof v !== 'object' || v === null);
    if (plain && value.length <= 12) return ` ${value.map(printable).join(', ') || 'none'}`;
    return `\n${value.map((v) => (isRecord(v) ? `${inner}-\n${formatFacts(v, `${inner}  `)}` : `${inner}${printable(v)}`)).join('\n')}`;
  }
  if (isRecord(value)) return Object.keys(value).length ? `\n${formatFacts(value, inner)}` : ' none';
  return ` ${printable(value)}`;
}

/** Text from files is shown without control characters: they could move the cursor or change colours. */
function printable(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) && value > 9999 ? formatCount(value) : String(value);
  return String(value)
    .replace(/[^\P{Cc}\n]/gu, '�')
    .replace(/\r?\n/g, ' ⏎ ');
}

/** Only plain English keys are split into words; names of tensors and metadata stay as they are. */
function asWords(name: string): string {
  return /^[a-z]+([A-Z][a-z]+)*$/.test(name)
    ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : printable(name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
