import type { Services } from '../services';
import { Downloads } from './downloads';

const known = new WeakMap<Services, Downloads>();

/** The one list of downloads that commands and view share. They stop with the extension. */
export function sharedDownloads(services: Services): Downloads {
  const downloads = known.get(services);
  if (downloads) return downloads;
  const made = new Downloads(() => services.folders.models());
  known.set(services, made);
  services.context.subscriptions.push(made);
  return made;
}
