import type { GalleryGroup } from '../../src/common/webview/gallery';

/** What is shown. */
export interface GalleryFilter {
  text: string;
  /** Empty for all. */
  model: string;
  starred: boolean;
}

/** Shows everything. */
export const noFilter: GalleryFilter = { text: '', model: '', starred: false };

/** Whether a filter hides anything at all. */
export function isFiltering({ text, model, starred }: GalleryFilter): boolean {
  return text.trim() !== '' || model !== '' || starred;
}

/**
 * The groups with the pictures that match; groups without any are left out. A filtered comparison loses its table and
 * shows what is left as a sequence.
 */
export function filterGroups(groups: readonly GalleryGroup[], filter: GalleryFilter): GalleryGroup[] {
  if (!isFiltering(filter)) return [...groups];
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return groups.flatMap((group) => {
    const pictures = group.pictures.filter(
      (picture) =>
        (!filter.starred || picture.starred) &&
        (filter.model === '' || picture.model === filter.model) &&
        words.every((word) => picture.prompt.toLowerCase().includes(word)),
    );
    if (pictures.length === 0) return [];
    if (pictures.length === group.pictures.length) return [group];
    return [{ ...group, kind: 'pictures' as const, rows: [], columns: [], total: pictures.length, pictures }];
  });
}

/** The models of all pictures, by name. */
export function modelsOf(groups: readonly GalleryGroup[]): string[] {
  const models = new Set(groups.flatMap(({ pictures }) => pictures.map(({ model }) => model)));
  return [...models].filter(Boolean).sort((a, b) => a.localeCompare(b));
}

/** Number of pictures. */
export function countPictures(groups: readonly GalleryGroup[]): number {
  return groups.reduce((sum, { pictures }) => sum + pictures.length, 0);
}
