import * as z from 'zod';
import type { GalleryStrings } from './galleryStrings';

const group = z.string().min(1).max(500);
const file = z.string().min(1).max(500);
const picture = { group, file };

/** What the page asks of the host. Pictures are named by group and file, never by path. */
export const galleryToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('refresh') }),
  /** Pictures that come into view and are too large to be shown as they are. */
  z.object({ type: z.literal('thumbnails'), pictures: z.array(z.object(picture)).min(1).max(200) }),
  z.object({ type: z.literal('openInEditor'), ...picture }),
  z.object({ type: z.literal('star'), ...picture, starred: z.boolean() }),
  z.object({ type: z.literal('copyPrompt'), ...picture }),
  z.object({ type: z.literal('copySeed'), ...picture }),
  z.object({ type: z.literal('useSettings'), ...picture }),
  z.object({ type: z.literal('inspect'), ...picture }),
  z.object({ type: z.literal('saveAs'), ...picture }),
  z.object({ type: z.literal('delete'), ...picture }),
  z.object({ type: z.literal('deleteGroup'), group }),
  z.object({ type: z.literal('useGroup'), group }),
  z.object({ type: z.literal('revealGroup'), group }),
  z.object({ type: z.literal('openPrompt') }),
]);

/** See {@link galleryToHost}. */
export type GalleryToHost = z.infer<typeof galleryToHost>;

/** A picture as the grid shows it. */
export interface GalleryPicture {
  file: string;
  /** The whole picture, for `img`. */
  src: string;
  /** In grids a small copy is shown, which must be asked for. */
  isLarge?: boolean;
  /** The file as a URI, for dragging it out. */
  uri: string;
  width: number;
  height: number;
  prompt: string;
  negativePrompt: string;
  seed: number;
  steps: number;
  /** The sampler's title. */
  sampler: string;
  guidance: number;
  model: string;
  strength?: number;
  hasAttention: boolean;
  starred: boolean;
  cell?: { row: number; column: number };
}

/** The pictures of one request or comparison. */
export interface GalleryGroup {
  id: string;
  title: string;
  /** In the editor's language. */
  created: string;
  kind: 'pictures' | 'comparison';
  rows: string[];
  columns: string[];
  total: number;
  status: 'drawing' | 'finished' | 'stopped' | 'failed';
  problem?: string;
  damage?: string;
  /** Whether the form it was made from is known. */
  hasForm: boolean;
  pictures: GalleryPicture[];
}

/** What the host tells the page. */
export type GalleryFromHost =
  | { type: 'setup'; strings: GalleryStrings; trusted: boolean }
  /** Everything, newest first. */
  | { type: 'groups'; groups: GalleryGroup[] }
  /** One group is new or has changed. */
  | { type: 'group'; group: GalleryGroup }
  | { type: 'groupGone'; id: string }
  /** What to show in place of large pictures, by the picture's own `src`. */
  | { type: 'thumbnails'; found: Record<string, string> }
  /** Brings a picture into view and focuses it. */
  | { type: 'show'; group: string; file?: string };
