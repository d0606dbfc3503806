/** A loss or norm in few digits: `0.083`, `1.54`, `2.4e-5`. */
export function formatLoss(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001) return value.toExponential(1);
  if (size < 10) return value.toFixed(3);
  return size < 1e5 ? value.toFixed(1) : value.toExponential(2);
}

/** A learning rate as people write it: `1e-5`, `4.2e-4`, `0.001`. */
export function formatRate(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const exact = String(Number(value.toPrecision(3)));
  return value !== 0 && Math.abs(value) < 0.001 ? Number(exact).toExponential() : exact;
}

/** A duration in its two largest units: `45 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** An amount of memory: `295 MB`, `3.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
