import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Sizes of what is packed, in KB: scripts and styles of each page after gzip, the host's bundle as it is. */
export async function bundleSizes() {
  const folder = join('dist', 'webview');
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const pages = await Promise.all(
    scripts.map(async (script) => {
      const name = basename(script, '.js');
      const sizes = [script, `${name}.css`].map(async (file) => gzipSync(await readFile(join(folder, file))).length);
      const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      return [name, kilobytes(bytes)] as const;
    }),
  );
  const { size } = await stat(join('dist', 'extension.js'));
  return { pagesGzipped: Object.fromEntries(pages), extension: kilobytes(size) };
}

function kilobytes(bytes: number): number {
  return Number((bytes / 1024).toFixed(1));
}
