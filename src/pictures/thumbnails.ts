import { createHash } from 'node:crypto';
import { stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Pictures with a longer side than this, in pixels, are shown in grids as copies of this size. */
export const THUMBNAIL_SIDE = 512;

/** A picture and where its small copy belongs. */
export interface ThumbnailOrder {
  path: string;
  thumbnail: string;
}

/** What small copies need. */
export interface ThumbnailOptions {
  /** Where they are kept. */
  folder: () => string;
  /** Makes copies; false for those that cannot be made. May reject, as when the runtime does not start. */
  make: (orders: ThumbnailOrder[], side: number) => Promise<boolean[]>;
}

/** Pictures that are asked for in one request: the first are there while the last are made. */
const atOnce = 12;
const dayMs = 86_400_000;

/** Small copies of pictures, made once for each content and kept between sessions. */
export class Thumbnails {
  constructor(private readonly options: ThumbnailOptions) {}

  /**
   * Files to show in place of these pictures, told in parts as they come. A picture without a copy stands for itself.
   * Never throws.
   */
  async tell(paths: readonly string[], onFound: (found: ReadonlyMap<string, string>) => void): Promise<void> {
    const orders = await Promise.all(paths.map((path) => this.orderFor(path)));
    const known = new Map<string, string>();
    const missing: ThumbnailOrder[] = [];
    for (const order of orders) {
      if (order.isThere || order.thumbnail === order.path) known.set(order.path, order.thumbnail);
      else missing.push({ path: order.path, thumbnail: order.thumbnail });
    }
    if (known.size > 0) onFound(known);
    for (let i = 0; i < missing.length; i += atOnce) onFound(await this.made(missing.slice(i, i + atOnce)));
  }

  private async made(orders: ThumbnailOrder[]): Promise<Map<string, string>> {
    const done = await this.options.make(orders, THUMBNAIL_SIDE).catch((): boolean[] => []);
    return new Map(orders.map(({ path, thumbnail }, i) => [path, done[i] ? thumbnail : path]));
  }

  /** The name of a copy changes with its picture, so that an old one is never shown. */
  private async orderFor(path: string): Promise<ThumbnailOrder & { isThere: boolean }> {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) return { path, thumbnail: path, isThere: false };
    const key = createHash('sha256').update(`${path}\0${found.mtimeMs}\0${found.size}`).digest('hex').slice(0, 32);
    const thumbnail = join(this.options.folder(), `${key}.webp`);
    return { path, thumbnail, isThere: await isUsable(thumbnail) };
  }
}

/** Whether a copy is there; its time says when it was last used, for the day it has to make room. */
async function isUsable(thumbnail: string): Promise<boolean> {
  const found = await stat(thumbnail).catch(() => undefined);
  if (!found) return false;
  const now = new Date();
  if (now.getTime() - found.mtimeMs > dayMs) await utimes(thumbnail, now, now).catch(() => {});
  return true;
}
