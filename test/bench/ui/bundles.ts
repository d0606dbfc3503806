import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Sizes of what is packed, in KB: scripts and styles of each page after gzip, the host's bundles as they are. */
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
  const [entry, host] = await Promise.all(['extension.js', 'host.js'].map((name) => stat(join('dist', name))));
  return { pagesGzipped: Object.fromEntries(pages), extension: kilobytes(entry!.size), host: kilobytes(host!.size) };
}

function kilobytes(bytes: number): number {
  return Number((bytes / 1024).toFixed(1));
}
