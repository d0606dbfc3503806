import { access, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { pictureOfFile } from './pictureOfFile';
import { groupDocument, type GroupDocument, type GroupPicture, type PictureGroup } from './pictureGroup';

/** Name of a group's description. */
export const GROUP_FILE = 'group.json';
/** Name of the list of pictures with a star. */
export const STARS_FILE = 'stars.json';

const LARGEST_DOCUMENT = 64 << 20;
const starList = z.array(z.string().max(500)).max(100_000);

/**
 * Reads a folder of pictures: its description, what is on disk without being in it, and the stars. A description that is
 * missing or damaged is put together again from the pictures. Nothing when there is no picture and no description.
 */
export async function readGroup(folder: string): Promise<PictureGroup | undefined> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const found = await readDocument(join(folder, GROUP_FILE));
  const document = 'document' in found ? found.document : undefined;
  const known = new Set(document?.pictures.map(({ file }) => file));
  const described = await present(folder, document?.pictures ?? [], names);
  const strays = names.filter((name) => isPictureName(name) && !known.has(name)).sort();
  const added = (await inTurn(strays, (file) => pictureOfFile(folder, file, names))).filter((one) => one !== undefined);
  if (!document && added.length === 0) return undefined;
  const pictures = [...described, ...added];
  return {
    ...(document ?? (await fallback(folder, pictures))),
    pictures,
    id: basename(folder),
    folder,
    stars: await readStars(folder),
    ...('damage' in found && found.damage ? { damage: found.damage } : {}),
  };
}

/** Pictures are called `0001-<seed>.png`; grids and attention panels are not pictures of their own. */
export function isPictureName(name: string): boolean {
  return /^\d{4,9}-\d+\.png$/.test(name);
}

async function readDocument(path: string): Promise<{ document: GroupDocument } | { damage?: string }> {
  try {
    if ((await stat(path)).size > LARGEST_DOCUMENT) return { damage: `${GROUP_FILE} is too large` };
    const parsed = groupDocument.safeParse(JSON.parse(await readFile(path, 'utf8')));
    if (parsed.success) return { document: parsed.data };
    const issue = parsed.error.issues[0];
    return { damage: `${GROUP_FILE}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    return { damage: `${GROUP_FILE}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The described pictures that are still there. */
async function present(folder: string, pictures: GroupPicture[], names: string[]): Promise<GroupPicture[]> {
  const here = new Set(names);
  const exists = await inTurn(pictures, async ({ file }) =>
    file.includes('/')
      ? access(join(folder, file)).then(
          () => true,
          () => false,
        )
      : here.has(file),
  );
  return pictures.filter((_, i) => exists[i]);
}

async function fallback(folder: string, pictures: readonly GroupPicture[]): Promise<GroupDocument> {
  const { mtime } = await stat(folder);
  return {
    format: 'custom-diffusion-group-1',
    title: pictures[0]?.prompt ?? basename(folder),
    created: mtime.toISOString(),
    kind: 'pictures',
    rows: [],
    columns: [],
    total: pictures.length,
    status: 'finished',
    pictures: [],
  };
}

/** The files that have a star; a damaged list counts as empty. */
async function readStars(folder: string): Promise<string[]> {
  try {
    return starList.parse(JSON.parse(await readFile(join(folder, STARS_FILE), 'utf8')));
  } catch {
    return [];
  }
}

/** Few at a time, so that a large folder does not open every file at once. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += 16) results.push(...(await Promise.all(items.slice(i, i + 16).map(work))));
  return results;
}
