import type { RequestName } from '../common/protocol/runtimeProtocol';

/** Requests that last as long as their work does; they are watched for silence instead of being timed. */
export type JobRequest = 'train/start' | 'train/resume' | 'sample/generate' | 'sample/compare';

/** Requests that are timed. */
export type TimedRequest = Exclude<RequestName, JobRequest | 'initialize'>;

const minute = 60_000;

/** How long each request may take, in milliseconds: several times what a slow disk and a busy processor need. */
export const defaultRequestLimits: Readonly<Record<TimedRequest, number>> = {
  'devices/probe': 3 * minute,
  'cuda/setup': minute / 2,
  'cuda/install': 20 * minute,
  'model/summary': 2 * minute,
  'model/layers': 2 * minute,
  'delta/summary': minute,
  'file/header': minute,
  'prompt/analyse': minute,
  'dataset/scan': 10 * minute,
  'dataset/augment': 3 * minute,
  'dataset/writeCaption': minute / 2,
  'pictures/thumbnails': 2 * minute,
  'train/check': 5 * minute,
  'train/stepDown': 5 * minute,
  'train/stop': minute / 2,
  'sample/stop': minute / 2,
  'attention/saved': minute,
  'attention/look': 20 * minute,
  'attention/maps': minute,
};

/** Whether a request is timed. */
export function isTimed(name: RequestName): name is TimedRequest {
  return Object.hasOwn(defaultRequestLimits, name);
}
