import * as z from 'zod';
import { freezeModes } from '../freezeModes';
import { maxConcepts } from './configLimits';
import { samplerNames } from '../samplerNames';

/** One line of text: no control characters and no halves of surrogate pairs. */
const line = (max = 2000) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'must be one line of plain text');
const filled = (max = 2000) => line(max).regex(/\S/, 'must not be empty');
const whole = (low: number, high = Number.MAX_SAFE_INTEGER) => z.int().min(low).max(high);
const rate = () => z.number().positive().max(1e6);

const priorSchema = z.strictObject({
  kind: z
    .enum(['generated', 'folder', 'none'])
    .optional()
    .describe('Where the pictures of the class come from: drawn by the base model, a folder of yours, or nowhere.'),
  count: whole(1, 100_000).optional().describe('How many prior pictures are used.'),
  prompt: filled().optional().describe('Prompt for the prior pictures, and their caption.'),
  folder: filled().optional().describe('Folder of prior pictures, for kind "folder".'),
  steps: whole(1, 1000).optional().describe('Sampler steps for a generated picture.'),
  guidanceScale: z.number().min(0).max(100).optional().describe('Guidance for a generated picture.'),
});

const conceptSchema = z.strictObject({
  folder: filled().describe('Folder of 4 to 20 pictures of the subject.'),
  exclude: z
    .array(z.string().min(1).max(500))
    .max(10_000)
    .optional()
    .describe('File names of pictures in the folder that are not used.'),
  classNoun: filled(100)
    .regex(/^[^<>{}]*$/, 'must be plain words such as "cat" or "teddy bear", without < > { }')
    .describe('What the subject is a kind of: "cat".'),
  modifierToken: z
    .string()
    .regex(/^[^\s\p{Cc}\p{Cs}{}]{1,64}$/u, 'must be one word of up to 64 characters, without { }')
    .refine((t) => !/^<\|.*\|>$/.test(t), 'must not be a special token of the tokenizer')
    .optional()
    .describe('The new word for the subject: <new1>, <new2>, …'),
  initialiser: z
    .string()
    .regex(/^[^\s\p{Cc}\p{Cs}+]{1,64}$/u, 'must be a single word: each modifier token has one initialiser')
    .optional()
    .describe('The word whose embedding the modifier token starts from.'),
  captions: z
    .enum(['template', 'fileNames', 'text'])
    .optional()
    .describe('Captions of pictures without a .txt file beside them; "text" accepts only pictures that have one.'),
  template: filled(500)
    .regex(/^[^{}]*\{\}[^{}]*$/, 'must hold {} once, where the subject goes; nothing would be learned without it')
    .optional()
    .describe('Caption with {} where the subject goes.'),
  style: z.boolean().optional().describe('The concept is a style of painting, not a subject.'),
  prior: priorSchema.optional(),
  weight: z
    .number()
    .positive()
    .max(1000)
    .optional()
    .describe('How often the concept is shown, relative to the others.'),
});

const sampleSchema = z.strictObject({
  every: whole(0, 1_000_000).optional().describe('Steps between sample grids; 0 for none.'),
  prompts: z.array(filled()).min(1).max(100).optional(),
  seeds: z.array(whole(0)).min(1).max(100).optional(),
  scheduler: z.enum(samplerNames).optional(),
  steps: whole(1, 1000).optional(),
  guidanceScale: z.number().min(0).max(100).optional(),
  captureAttention: z.boolean().optional().describe('Keep the attention maps of every sample.'),
});

/** The schema of a training configuration, as users write it: everything but `base` and `concepts` may be left out. */
export const trainConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  base: filled().describe('Base model: a diffusers folder, a .safetensors or .ckpt file, or "pocket".'),
  output: filled().optional().describe('Folder of runs; each run makes a folder in it.'),
  name: z
    .string()
    .regex(
      /^(?!(con|prn|aux|nul|com\d|lpt\d)$)[\p{L}\p{N}_][\p{L}\p{N}\p{M} ._-]{0,62}(?<![ .])$/iu,
      'must be usable as a file name: letters, digits, space, dot, - and _',
    )
    .optional()
    .describe('Name of the run, part of its folder name.'),
  concepts: z.array(conceptSchema).min(1).max(maxConcepts),
  mode: z
    .enum([...freezeModes, ...freezeModes.map((m) => m.replaceAll('-', '_'))])
    .optional()
    .describe('Which attention weights learn.'),
  layers: z
    .array(filled(500))
    .min(1)
    .max(1000)
    .optional()
    .describe('Patterns of layers that learn, instead of a mode.'),
  resolution: z.int().optional().describe('Side of the training pictures, in pixels.'),
  steps: whole(1, 1_000_000).optional().describe('Training steps.'),
  learningRate: rate().optional().describe('Effective learning rate, unless scaleLearningRate is true.'),
  scaleLearningRate: z
    .boolean()
    .optional()
    .describe('Multiply the rate by rows and accumulation, as the reference scripts do with --scale_lr.'),
  modifierLearningRate: rate().optional().describe('Rate of the modifier tokens; that of the weights if left out.'),
  instanceRows: whole(1, 256).optional().describe('Rows of the batch that show the concepts.'),
  priorRows: whole(0, 256).optional().describe('Rows of the batch that show prior pictures.'),
  priorLossWeight: z.number().min(0).max(1000).optional(),
  lossWeighting: z
    .enum(['paper', 'diffusers'])
    .optional()
    .describe('Instance to prior loss: 1:1 as in the paper, or 4:1 as in the diffusers script.'),
  gradientAccumulation: whole(1, 1024).optional(),
  gradientClip: z.number().min(0).max(1e6).optional().describe('Largest norm of the gradient; 0 for no limit.'),
  weightDecay: z.number().min(0).max(1).optional(),
  schedule: z.enum(['constant', 'linear', 'cosine']).optional().describe('Course of the learning rate.'),
  warmupSteps: whole(0, 1_000_000).optional(),
  minTimestep: whole(0, 999)
    .optional()
    .describe(
      'Lowest timestep that is trained. Above 0, nearly clean pictures, which decide fine detail only, are left out.',
    ),
  seed: whole(0).optional(),
  augmentation: z
    .strictObject({
      enabled: z.boolean().optional().describe('Show the subject at other sizes, with captions that say so.'),
      flip: z.boolean().optional().describe('Mirror half of the views; turn off for text and asymmetric subjects.'),
    })
    .optional(),
  latentPool: whole(1, 10_000).optional().describe('Augmented views of each picture, encoded once before training.'),
  recompute: z
    .enum(['auto', 'none', 'blocks'])
    .optional()
    .describe(
      'Compute the blocks of the model again for the gradient instead of keeping them: less memory, more time, the same numbers. "auto" when memory is short; never with a small model.',
    ),
  checkpointEvery: whole(1, 1_000_000).optional().describe('Steps between checkpoints.'),
  keepCheckpoints: whole(1, 10_000).optional().describe('How many of the newest checkpoints are kept.'),
  sample: sampleSchema.optional(),
  device: z.enum(['auto', 'cpu', 'webgpu', 'cuda']).optional(),
  precision: z
    .enum(['auto', 'single', 'mixed'])
    .optional()
    .describe(
      'Products in 16 bits (mixed), or all in 32 (single). "auto" is 16 bits with CUDA, and with WebGPU where the adapter has them.',
    ),
  threads: whole(1, 1024).optional().describe('Threads on the CPU.'),
});

/** A training configuration as written: valid field by field, with defaults still to be filled in. */
export type TrainConfig = z.infer<typeof trainConfigSchema>;

/** One concept as written. */
export type ConceptConfig = TrainConfig['concepts'][number];

/** The JSON Schema of a training configuration, for editors. */
export function trainConfigJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(trainConfigSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Custom Diffusion training configuration' };
}
