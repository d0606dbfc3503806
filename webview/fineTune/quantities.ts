/** A count in few digits: 19.2M. */
export function countText(count: number, locale: string): string {
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(count);
}

/** Bytes in decimal units, in three digits. */
export function bytesText(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  // What would be rounded to 1000 of a unit is 1 of the next.
  const power = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes) * 1.0005) / 3)));
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power],
    unitDisplay: 'short',
    maximumSignificantDigits: 3,
  }).format(bytes / 1000 ** power);
}

/** A time in the unit that says it best: 0.45 sec, 12 min, 3.5 hr. */
export function durationText(seconds: number, locale: string): string {
  const [unit, size] = seconds < 90 ? ['second', 1] : seconds < 90 * 60 ? ['minute', 60] : ['hour', 3600];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'short',
    maximumSignificantDigits: 2,
  }).format(seconds / Number(size));
}
