import { join } from 'node:path';
import { workspace } from 'vscode';
import type { Services } from '../services';
import { PictureMaker } from './pictureMaker';
import { PictureStore } from './pictureStore';
import { removeToTrash } from './removeToTrash';
import { Thumbnails } from './thumbnails';
import { watchPictures } from './watchPictures';

/** What the prompt view and the grid panel have in common. */
export interface SharedPictures {
  store: PictureStore;
  maker: PictureMaker;
  thumbnails: Thumbnails;
}

const shared = new WeakMap<Services, SharedPictures>();

/** The store of pictures and their maker, made when they are first needed. */
export function sharedPictures(services: Services): SharedPictures {
  const known = shared.get(services);
  if (known) return known;
  const store = new PictureStore(() => services.folders.pictures(), removeToTrash);
  const maker = new PictureMaker(services.sampling, store);
  services.context.subscriptions.push(
    maker,
    watchPictures(store, () => services.folders.pictures()),
  );
  const made = { store, maker, thumbnails: createThumbnails(services) };
  shared.set(services, made);
  return made;
}

/** Where the small copies of generated pictures are kept. */
export function thumbnailFolder({ folders }: Services): string {
  return join(folders.cache(), 'pictures');
}

function createThumbnails(services: Services): Thumbnails {
  return new Thumbnails({
    folder: () => thumbnailFolder(services),
    make: async (pictures, side) => {
      // Nothing is started for pictures of a workspace that is not trusted; the files themselves can be shown.
      if (!workspace.isTrusted) return [];
      return services.runtime.request('pictures/thumbnails', { pictures, side });
    },
  });
}
