import type { GalleryFromHost, GalleryGroup, GalleryPicture } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import type { PictureName } from './navigation';

/** What the host has told. */
export interface GalleryState {
  strings?: GalleryStrings;
  trusted: boolean;
  /** Newest first; absent before they were read. */
  groups?: GalleryGroup[];
  /** A picture or group that was asked to be shown; counts up so that the same can be asked for twice. */
  shown?: { group: string; file?: string; count: number };
}

/** What the page shows after a message of the host. */
export function receive(state: GalleryState, message: Exclude<GalleryFromHost, { type: 'thumbnails' }>): GalleryState {
  switch (message.type) {
    case 'setup':
      return { ...state, strings: message.strings, trusted: message.trusted };
    case 'groups':
      return { ...state, groups: message.groups };
    case 'group': {
      const groups = state.groups ?? [];
      const exists = groups.some(({ id }) => id === message.group.id);
      return {
        ...state,
        groups: exists
          ? groups.map((group) => (group.id === message.group.id ? message.group : group))
          : [message.group, ...groups],
      };
    }
    case 'groupGone':
      return { ...state, groups: state.groups?.filter(({ id }) => id !== message.id) };
    case 'show': {
      const { group, file } = message;
      return { ...state, shown: { group, ...(file ? { file } : {}), count: (state.shown?.count ?? 0) + 1 } };
    }
  }
}

/** A picture by its name. */
export function findPicture(
  groups: readonly GalleryGroup[],
  name: PictureName | undefined,
): GalleryPicture | undefined {
  return groups.find(({ id }) => id === name?.group)?.pictures.find(({ file }) => file === name?.file);
}
