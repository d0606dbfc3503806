/** A proportion with its 95 % confidence interval. */
export interface Proportion {
  /** Successes. */
  count: number;
  /** Trials. */
  total: number;
  /** count / total; 0 without trials. */
  rate: number;
  low: number;
  high: number;
}

/** The 97.5 % quantile of the standard normal distribution. */
const QUANTILE = 1.959963984540054;

/**
 * `count` successes of `total` trials with the score interval of Wilson (1927), which stays within [0, 1] and is sound
 * for few trials and for rates near 0 and 1. Without trials nothing is known: 0 to 1.
 * @throws RangeError unless both are whole numbers with 0 ≤ count ≤ total.
 */
export function wilsonInterval(count: number, total: number): Proportion {
  if (!Number.isInteger(count) || !Number.isInteger(total) || count < 0 || count > total)
    throw new RangeError(`${count} of ${total} is no proportion`);
  if (total === 0) return { count, total, rate: 0, low: 0, high: 1 };
  const rate = count / total;
  const square = QUANTILE ** 2;
  const middle = (rate + square / (2 * total)) / (1 + square / total);
  const half = (QUANTILE / (1 + square / total)) * Math.sqrt((rate * (1 - rate)) / total + square / (4 * total ** 2));
  // At the ends the bounds are exactly 0 and 1; rounding would leave 1e-17.
  const low = count === 0 ? 0 : middle - half;
  const high = count === total ? 1 : middle + half;
  return { count, total, rate, low, high };
}

/** How many of the values fulfil a condition, with the interval. */
export function proportionOf<T>(values: readonly T[], holds: (value: T) => boolean): Proportion {
  return wilsonInterval(values.filter(holds).length, values.length);
}

/** A proportion as people read it: `83 % (76–88), 100/120`. */
export function formatProportion({ count, total, rate, low, high }: Proportion): string {
  if (total === 0) return 'none';
  const percent = (value: number) => String(Math.round(value * 100));
  return `${percent(rate)} % (${percent(low)}–${percent(high)}), ${count}/${total}`;
}
