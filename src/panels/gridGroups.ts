import { basename } from 'node:path';
import { findSampler, samplerTitles } from '../common/samplerNames';
import type { GalleryGroup, GalleryPicture } from '../common/webview/gallery';
import type { PictureGroup } from '../pictures/pictureGroup';
import { THUMBNAIL_SIDE } from '../pictures/thumbnails';

/** How the host names things for the page. */
export interface GroupWords {
  /** A file's address for `img`. */
  srcOf: (group: PictureGroup, file: string) => string;
  /** A file's URI, for dragging it out. */
  uriOf: (group: PictureGroup, file: string) => string;
  /** A time in the editor's language. */
  timeOf: (iso: string) => string;
  pocket: string;
}

/** A group as the grid panel shows it. */
export function galleryGroup(group: PictureGroup, words: GroupWords): GalleryGroup {
  const { id, title, created, kind, rows, columns, total, status, problem, damage, form } = group;
  const starred = new Set(group.stars);
  return {
    id,
    title,
    created: words.timeOf(created),
    kind,
    rows,
    columns,
    total: Math.max(total, group.pictures.length),
    status,
    ...(problem ? { problem } : {}),
    ...(damage ? { damage } : {}),
    hasForm: form !== undefined,
    pictures: group.pictures.map((picture): GalleryPicture => {
      const { file, width, height, prompt, negativePrompt, seed, steps, scheduler, guidanceScale, model, cell } =
        picture;
      const { base, delta, strength, label } = model;
      const sampler = findSampler(scheduler);
      return {
        file,
        src: words.srcOf(group, file),
        uri: words.uriOf(group, file),
        ...(Math.max(width, height) > THUMBNAIL_SIDE ? { isLarge: true } : {}),
        ...{ width, height, prompt, negativePrompt, seed, steps },
        sampler: sampler ? samplerTitles[sampler] : scheduler,
        guidance: guidanceScale,
        model: label ?? (delta ? basename(delta) : base === 'pocket' ? words.pocket : basename(base ?? '')),
        ...(strength === undefined ? {} : { strength }),
        hasAttention: picture.hasAttention,
        starred: starred.has(file),
        ...(cell ? { cell } : {}),
      };
    }),
  };
}
