import { writeCaptionFile } from '../data/captionFile';
import { previewFolder } from '../data/folderPreview';
import { thumbnailOf } from '../data/thumbnails';
import { drawViews } from '../data/viewPictures';
import { checkSize } from '../sample/generationRequest';
import { openNamedBase } from './modelHandlers';
import type { HandlerGroup } from './server';

/** Answers what is in folders of pictures, and how training would see them. */
export const datasetHandlers: HandlerGroup<'dataset/scan' | 'dataset/augment' | 'dataset/writeCaption'> = {
  'dataset/scan': async ({ folder, cacheFolder, ...options }, signal) => {
    const found = await previewFolder(folder, { ...options, signal });
    const pictures = [];
    for (const picture of found.pictures) {
      const { path, file, width, height, caption, captionSource } = picture;
      const thumbnail = await thumbnailOf(picture, cacheFolder);
      pictures.push({ path, file, width, height, thumbnail, caption, captionSource });
    }
    const skipped = found.skipped.map(({ file, reason }) => ({ file, problem: reason }));
    return { folder, pictures, skipped, warnings: found.warnings };
  },
  'dataset/augment': async ({ base: choice, ...request }, signal) => {
    const base = await openNamedBase(choice);
    checkSize(base, { width: request.resolution, height: request.resolution });
    return drawViews({ ...request, scaleFactor: base.vae.config.scaleFactor }, signal);
  },
  'dataset/writeCaption': async ({ picture, caption }) => {
    await writeCaptionFile(picture, caption);
    return {};
  },
};
