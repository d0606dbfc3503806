import * as z from 'zod';

/** One step of a run; losses that were not finite are null. */
export const stepRecord = z.object({
  /** From 1. */
  step: z.number(),
  loss: z.number().nullable(),
  /** Of each concept's rows; null when the concept had none in this batch. */
  instanceLosses: z.array(z.number().nullable()),
  priorLoss: z.number().nullable(),
  gradientNorm: z.number().nullable(),
  learningRate: z.number(),
  /** Of every row. */
  timesteps: z.array(z.number()),
  /** False when nothing changed because a value was not finite. */
  applied: z.boolean(),
  seconds: z.number(),
  rssBytes: z.number(),
});

/** See {@link stepRecord}. */
export type StepRecord = z.infer<typeof stepRecord>;

/** The pictures drawn during training at one step. */
export const sampleGridRecord = z.object({
  step: z.number(),
  gridPath: z.string().optional(),
  pictures: z.array(
    z.object({ path: z.string(), prompt: z.string(), seed: z.number(), attentionPath: z.string().optional() }),
  ),
});

/** See {@link sampleGridRecord}. */
export type SampleGridRecord = z.infer<typeof sampleGridRecord>;

/** What a run says while it works; sent at most five times a second, steps in between are gathered. */
export const trainingUpdate = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), folder: z.string() }),
  /** Prior pictures are drawn or views encoded. */
  z.object({ kind: z.literal('preparing'), part: z.enum(['priors', 'latents']), done: z.number(), total: z.number() }),
  z.object({ kind: z.literal('compiling') }),
  z.object({ kind: z.literal('steps'), steps: z.array(stepRecord) }),
  z.object({ kind: z.literal('samples'), grid: sampleGridRecord }),
  z.object({ kind: z.literal('checkpoint'), step: z.number(), folder: z.string() }),
  z.object({ kind: z.literal('warning'), message: z.string() }),
]);

/** See {@link trainingUpdate}. */
export type TrainingUpdate = z.infer<typeof trainingUpdate>;

/** How a run ended. */
export const trainingResult = z.object({
  folder: z.string(),
  status: z.enum(['finished', 'stopped']),
  step: z.number(),
  delta: z.string().optional(),
});

/** See {@link trainingResult}. */
export type TrainingResult = z.infer<typeof trainingResult>;

/** What a run would take. Bytes and seconds. */
export const trainingEstimate = z.object({
  trainedParameters: z.number(),
  deltaBytes: z.number(),
  memoryBytes: z.number(),
  availableMemoryBytes: z.number(),
  diskBytes: z.number(),
  availableDiskBytes: z.number(),
  secondsPerStep: z.number(),
  seconds: z.number(),
});

/** See {@link trainingEstimate}. */
export type TrainingEstimate = z.infer<typeof trainingEstimate>;

/** A configuration looked at before its start: complete, what stops it, what is odd, and what it takes. */
export const trainingCheck = z.object({
  /** The configuration with every default filled in, as JSON data; absent when it cannot be resolved. */
  resolved: z.record(z.string(), z.unknown()).optional(),
  /** Everything that stops the start: field as a path such as `concepts.0.folder`, and what to do. */
  problems: z.array(z.object({ field: z.string(), problem: z.string(), remedy: z.string() })),
  warnings: z.array(z.string()),
  estimate: trainingEstimate.optional(),
});

/** See {@link trainingCheck}. */
export type TrainingCheck = z.infer<typeof trainingCheck>;

/** A run made smaller; see the request `train/stepDown`. */
export const trainingStepDown = z.object({
  /** The configuration with the changes, as JSON data. */
  config: z.record(z.string(), z.unknown()),
  changes: z.array(z.object({ field: z.string(), value: z.union([z.string(), z.number()]) })),
  /** It can go on from its checkpoint; otherwise it must be started anew. */
  isSameRun: z.boolean(),
});
