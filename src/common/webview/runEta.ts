/** So many of the last steps say how long the next ones take. */
const recentSteps = 25;

/**
 * Seconds until the last step, from the durations of the recent ones; undefined before the first.
 * The median, because a step beside which something else was at work says nothing about the next.
 */
export function secondsLeft(stepSeconds: readonly number[], step: number, steps: number): number | undefined {
  const recent = stepSeconds.slice(-recentSteps).sort((a, b) => a - b);
  if (!recent.length) return undefined;
  const middle = recent.length >> 1;
  const median = recent.length % 2 ? recent[middle]! : (recent[middle - 1]! + recent[middle]!) / 2;
  return Math.max(0, steps - step) * median;
}
