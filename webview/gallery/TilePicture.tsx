import { createContext } from 'preact';
import { useContext, useEffect, useReducer } from 'preact/hooks';
import type { GalleryPicture } from '../../src/common/webview/gallery';
import type { PictureName } from './navigation';
import type { ThumbnailStore } from './thumbnailStore';

/** The small copies that tiles show. */
export const Thumbnails = createContext<ThumbnailStore | undefined>(undefined);

/** What a tile shows of its picture. */
export interface TilePictureProps {
  name: PictureName;
  picture: GalleryPicture;
  alt: string;
  tile: number;
}

/** A picture in the grid: a small copy of a large one, which comes when it is in view. */
export function TilePicture({ name, picture, alt, tile }: TilePictureProps) {
  const store = useContext(Thumbnails);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const { src, isLarge, width, height } = picture;
  const shown = isLarge && store ? store.find(src) : src;
  useEffect(() => {
    if (isLarge) return store?.watch(src, name, () => redraw(undefined));
  }, [store, src, isLarge]);
  const look = shown === undefined ? 'waiting' : width < tile ? 'enlarged' : undefined;
  return (
    <img
      src={shown}
      alt={alt}
      width={width}
      height={height}
      loading="lazy"
      decoding="async"
      draggable={false}
      class={look}
    />
  );
}
