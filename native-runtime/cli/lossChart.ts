/** The width of the longest bar, in characters. */
const WIDTH = 40;

/**
 * The course of a loss as text: its mean over ten stretches of steps, each with a bar. Single losses jump with their random
 * timesteps; the means show where it goes.
 */
export function lossChart(losses: readonly number[], stretches = 10): string {
  const finite = losses.map((loss, i) => ({ loss, step: i + 1 })).filter(({ loss }) => Number.isFinite(loss));
  const count = Math.min(stretches, finite.length);
  const rows = Array.from({ length: count }, (_, i) => {
    const part = finite.slice(Math.floor((i * finite.length) / count), Math.floor(((i + 1) * finite.length) / count));
    const mean = part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
    return { label: `${part[0]!.step}-${part.at(-1)!.step}`, mean };
  });
  const highest = Math.max(...rows.map(({ mean }) => mean), 1e-12);
  const labelWidth = Math.max(0, ...rows.map(({ label }) => label.length));
  return rows
    .map(
      ({ label, mean }) =>
        `steps ${label.padStart(labelWidth)}  ${mean.toFixed(4)}  ${'█'.repeat(Math.max(1, Math.round((WIDTH * mean) / highest)))}`,
    )
    .join('\n');
}
