import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';

/** What the course of the learning rate depends on. */
export type RateSchedule = Pick<ResolvedTrainConfig, 'schedule' | 'warmupSteps' | 'steps'>;

/**
 * The factor on the learning rate at a step (from 0): rises in a straight line over the warm-up without ever being zero, then stays
 * (`constant`), or falls to zero at the end in a straight line (`linear`) or along half a cosine (`cosine`).
 */
export function rateFactor({ schedule, warmupSteps, steps }: RateSchedule, step: number): number {
  if (step < warmupSteps) return (step + 1) / (warmupSteps + 1);
  if (schedule === 'constant') return 1;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  return schedule === 'linear' ? 1 - progress : 0.5 * (1 + Math.cos(Math.PI * progress));
}
