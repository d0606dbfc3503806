import type { GalleryGroup, GalleryPicture } from '../../../../src/common/webview/gallery';

/** A picture by its seed. */
export function testPicture(seed: number, change: Partial<GalleryPicture> = {}): GalleryPicture {
  const file = `${String(seed).padStart(4, '0')}-${seed}.png`;
  return {
    file,
    src: `src/${file}`,
    uri: `file:///pictures/${file}`,
    width: 64,
    height: 64,
    prompt: 'a cat on the beach',
    negativePrompt: '',
    seed,
    steps: 20,
    sampler: 'DDIM',
    guidance: 4,
    model: 'cat',
    hasAttention: true,
    starred: false,
    ...change,
  };
}

/** A group of pictures with the seeds from 1. */
export function testGroup(id: string, count: number, change: Partial<GalleryGroup> = {}): GalleryGroup {
  return {
    id,
    title: `group ${id}`,
    created: 'today',
    kind: 'pictures',
    rows: [],
    columns: [],
    total: count,
    status: 'finished',
    hasForm: true,
    pictures: Array.from({ length: count }, (_, i) => testPicture(i + 1)),
    ...change,
  };
}

/** A finished comparison with a picture in every cell. */
export function testComparison(rows: number, columns: number, change: Partial<GalleryGroup> = {}): GalleryGroup {
  return testGroup('compare', 0, {
    kind: 'comparison',
    rows: Array.from({ length: rows }, (_, i) => `row ${i}`),
    columns: Array.from({ length: columns }, (_, i) => `column ${i}`),
    total: rows * columns,
    pictures: Array.from({ length: rows * columns }, (_, i) =>
      testPicture(i, { cell: { row: Math.floor(i / columns), column: i % columns } }),
    ),
    ...change,
  });
}
