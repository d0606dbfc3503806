import type { Services } from '../services';
import { PictureMaker } from './pictureMaker';
import { PictureStore } from './pictureStore';
import { removeToTrash } from './removeToTrash';

/** What the prompt view and the grid panel have in common. */
export interface SharedPictures {
  store: PictureStore;
  maker: PictureMaker;
}

const shared = new WeakMap<Services, SharedPictures>();

/** The store of pictures and their maker, made when they are first needed. */
export function sharedPictures(services: Services): SharedPictures {
  const known = shared.get(services);
  if (known) return known;
  const store = new PictureStore(() => services.folders.pictures(), removeToTrash);
  const maker = new PictureMaker(services.sampling, store);
  services.context.subscriptions.push(maker);
  const made = { store, maker };
  shared.set(services, made);
  return made;
}
