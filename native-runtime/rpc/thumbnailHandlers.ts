import { ProductError } from '../../src/common/errors';
import { writeThumbnail } from '../data/thumbnails';
import type { Log } from './notifications';
import type { HandlerGroup } from './server';

/** Answers requests for small copies of pictures. One that cannot be read keeps none of the others from being shown. */
export function thumbnailHandlers(log: Log): HandlerGroup<'pictures/thumbnails'> {
  return {
    'pictures/thumbnails': async ({ pictures, side }, signal) => {
      const made: boolean[] = [];
      for (const { path, thumbnail } of pictures) {
        if (signal.aborted) throw new ProductError('cancelled', path, 'stopped while making thumbnails');
        made.push(await tryThumbnail(path, thumbnail, side, log));
      }
      return made;
    },
  };
}

/** @throws ProductError `disk-full`: the rest would fail, too */
async function tryThumbnail(path: string, thumbnail: string, side: number, log: Log): Promise<boolean> {
  try {
    await writeThumbnail(path, thumbnail, side);
    return true;
  } catch (error) {
    if (!(error instanceof ProductError) || error.code === 'disk-full') throw error;
    log('debug', error.message);
    return false;
  }
}
