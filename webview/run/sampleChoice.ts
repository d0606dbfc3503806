/**
 * Which step's samples to show after new ones came: whoever looks at the newest goes on to the newest,
 * whoever looked back stays there.
 */
export function followSamples(shown: number | undefined, before: readonly number[], now: readonly number[]) {
  const newest = now.at(-1);
  if (shown === undefined || shown === before.at(-1)) return newest;
  return now.includes(shown) ? shown : newest;
}
