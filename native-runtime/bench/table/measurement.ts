import { z } from 'zod';

/** What a run of either tool prints, as far as the tables need it. Times are seconds. */
export const benchFigures = z.object({
  seconds: z.number().positive().optional(),
  all: z.array(z.number()).optional(),
  startSeconds: z.number().positive().optional(),
  totalSeconds: z.number().positive().optional(),
  steps: z.number().int().optional(),
  peakRssBytes: z.number().positive(),
  /** Version of PyTorch. */
  torch: z.string().optional(),
});

export type BenchFigures = z.infer<typeof benchFigures>;

/** One pair of runs, ours and the reference's, made directly one after the other; a line of the results file. */
export const measurement = z.object({
  row: z.string(),
  precision: z.enum(['fp32', 'fp16']),
  /** Pairs of a series belong together: the time at which its first began. */
  series: z.string(),
  /** When this pair was measured. */
  at: z.string(),
  settings: z.object({
    resolution: z.number(),
    repeat: z.number(),
    steps: z.number(),
    threads: z.number(),
  }),
  machine: z.string(),
  versions: z.record(z.string(), z.string()),
  ours: benchFigures,
  reference: benchFigures.optional(),
});

export type Measurement = z.infer<typeof measurement>;
