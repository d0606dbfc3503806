import * as z from 'zod';
import { lookRequest, pictureAttention, tokenMaps } from './attention';
import { augmentedView, datasetScan } from './dataset';
import { computingChoice, cudaInstallation, cudaSetup, deviceNames, deviceProbe, handshake } from './device';
import { deltaSummary, layerList, modelSummary, promptAnalysis, weightFileHeader } from './model';
import { modelChoice, pictureRequest, samplingResult, samplingUpdate } from './sampling';
import { trainingCheck, trainingResult, trainingStepDown, trainingUpdate } from './training';

/** Host and runtime refuse each other when their numbers differ. */
export const PROTOCOL_VERSION = 1;

/** Identifies one job's notifications. */
const job = z.string().min(1).max(100);
const path = z.string().min(1).max(4096);
const none = z.object({});

/** What host and runtime agree on for one request: the shape of its parameters and of its answer. */
interface RequestSpecification {
  params: z.ZodType;
  result: z.ZodType;
}

/**
 * Every request the host makes of the runtime process. All paths are absolute, or "pocket" for a base. Requests end
 * with a typed error when their cancellation token fires, but for `train/*` and `sample/*`, which keep what is finished.
 */
export const runtimeRequests = {
  /** First message. */
  initialize: { params: z.object({ protocolVersion: z.int() }), result: handshake },
  /** Runs a one-operator graph on every device. */
  'devices/probe': { params: none, result: z.array(deviceProbe) },
  /** Looks for NVIDIA's driver, its processors and ONNX Runtime's libraries for CUDA; nothing is loaded. */
  'cuda/setup': { params: none, result: cudaSetup },
  /** Unpacks ONNX Runtime's libraries for CUDA from a package or a folder into a folder. */
  'cuda/install': { params: z.object({ source: path, folder: path }), result: cudaInstallation },

  'model/summary': { params: z.object({ base: path }), result: modelSummary },
  'model/layers': { params: z.object({ base: path }), result: layerList },
  'delta/summary': { params: z.object({ path }), result: deltaSummary },
  'file/header': { params: z.object({ path }), result: weightFileHeader },
  'prompt/analyse': {
    params: z.object({ model: modelChoice, prompt: z.string().max(20_000) }),
    result: promptAnalysis,
  },

  /** Reads a concept folder; thumbnails go to `cacheFolder`. */
  'dataset/scan': {
    params: z.object({
      folder: path,
      cacheFolder: path,
      resolution: z.int(),
      captions: z.enum(['template', 'fileNames', 'text']).optional(),
      template: z.string().max(500).optional(),
      /** File names of pictures that are not used: they are listed, and nothing is said about them. */
      exclude: z.array(z.string().max(1000)).max(20_000).optional(),
    }),
    result: datasetScan,
  },
  /** Draws views of one picture the way training does. */
  'dataset/augment': {
    params: z.object({
      picture: path,
      cacheFolder: path,
      base: path,
      resolution: z.int(),
      seed: z.int(),
      concept: z.int(),
      pictureIndex: z.int(),
      first: z.int().min(0),
      count: z.int().min(1).max(24),
      enabled: z.boolean(),
      flip: z.boolean(),
    }),
    result: z.array(augmentedView),
  },
  /** Writes the caption of one picture to the `.txt` beside it; an empty caption removes the file. */
  'dataset/writeCaption': { params: z.object({ picture: path, caption: z.string().max(2000) }), result: none },

  /** Makes small WebP copies of pictures, upright; false for a picture that cannot be read. */
  'pictures/thumbnails': {
    params: z.object({
      pictures: z.array(z.object({ path, thumbnail: path })).max(100),
      /** The longer side of the copies, in pixels. */
      side: z.int().min(16).max(2048),
    }),
    result: z.array(z.boolean()),
  },

  /** Resolves a configuration (paths in it start at `folder`) and names everything that stops its start. */
  'train/check': {
    params: z.object({ config: z.unknown(), folder: path, estimate: z.boolean() }),
    result: trainingCheck,
  },
  'train/start': { params: z.object({ job, config: z.unknown(), folder: path }), result: trainingResult },
  /** Goes on with a run; what changes no number of it may be changed. */
  'train/resume': {
    params: z.object({
      job,
      run: path,
      device: z.enum(deviceNames).optional(),
      recompute: z.literal('blocks').optional(),
    }),
    result: trainingResult,
  },
  /** The smallest change after which a run needs clearly less memory. */
  'train/stepDown': { params: z.object({ run: path }), result: trainingStepDown },
  /** Ends the running job after its step, keeping a checkpoint; its request then answers `stopped`. */
  'train/stop': { params: z.object({ job }), result: none },

  'sample/generate': {
    params: z.object({
      job,
      model: modelChoice,
      request: pictureRequest,
      folder: path,
      computing: computingChoice.optional(),
    }),
    result: samplingResult,
  },
  /** One picture for each row's model and prompt and each column's seed or setting; the cells say where they belong. */
  'sample/compare': {
    params: z.object({
      job,
      folder: path,
      title: z.string().max(500),
      rows: z
        .array(z.object({ label: z.string().max(200), model: modelChoice, request: pictureRequest }))
        .min(1)
        .max(50),
      computing: computingChoice.optional(),
    }),
    result: samplingResult,
  },
  'sample/stop': { params: z.object({ job }), result: none },

  /** The maps saved beside a picture made here; null when there are none. */
  'attention/saved': { params: z.object({ picture: path }), result: pictureAttention.nullable() },
  /** Encodes, noises and evaluates a picture once; the maps stay in the runtime until the next look. */
  'attention/look': { params: lookRequest.extend({ cacheFolder: path }), result: pictureAttention },
  /** The maps of one layer or one sampling step (from 1) of what `saved` or `look` gave for the picture. */
  'attention/maps': {
    params: z.object({ picture: path, layer: z.string().optional(), step: z.int().optional() }),
    result: tokenMaps,
  },
} satisfies Record<string, RequestSpecification>;

/** What the runtime says unasked. */
export const runtimeNotifications = {
  'train/update': z.object({ job, update: trainingUpdate }),
  'sample/update': z.object({ job, update: samplingUpdate }),
  /** The weight files of the base models that are open for requests, as they were then. */
  'models/open': z.object({ files: z.array(z.object({ path, bytes: z.number() })).max(1000) }),
  log: z.object({ level: z.enum(['error', 'warn', 'info', 'debug']), message: z.string() }),
} satisfies Record<string, z.ZodType>;

/** Names of requests. */
export type RequestName = keyof typeof runtimeRequests;
/** What a request carries, as the caller writes it. */
export type RequestParams<N extends RequestName> = z.input<(typeof runtimeRequests)[N]['params']>;
/** What the handler of a request gets. */
export type CheckedParams<N extends RequestName> = z.output<(typeof runtimeRequests)[N]['params']>;
/** What a request answers. */
export type RequestResult<N extends RequestName> = z.output<(typeof runtimeRequests)[N]['result']>;
/** Names of notifications. */
export type NotificationName = keyof typeof runtimeNotifications;
/** What a notification carries. */
export type NotificationParams<N extends NotificationName> = z.output<(typeof runtimeNotifications)[N]>;

/** The data of an error answer: a ProductError taken apart. */
export const errorData = z.object({
  code: z.string(),
  where: z.string(),
  problem: z.string(),
  remedy: z.string(),
});

/** See {@link errorData}. */
export type ErrorData = z.infer<typeof errorData>;

/** JSON-RPC error numbers of the product's own errors; one for all, the data says which. */
export const PRODUCT_ERROR_NUMBER = 1000;
