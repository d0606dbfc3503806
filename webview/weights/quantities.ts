/** Bytes as people read them: `1.5 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Counts as people read them: `19.2 M`. */
export function formatCount(count: number): string {
  if (count < 10_000) return String(count);
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} K`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} M` : `${(count / 1e9).toFixed(2)} B`;
}

/** A shape as it is usually written. */
export function formatShape(shape: readonly number[], scalar: string): string {
  return shape.length === 0 ? scalar : shape.join(' × ');
}
