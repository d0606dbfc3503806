import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(__dirname, '..', '..', '..');

/** Sources below a folder that hold a pattern. */
function filesWith(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && pattern.test(readFileSync(join(root, folder, file), 'utf8')))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`);
}

describe('H6 nothing talks to a network but a download', () => {
  it('one file sends requests', () => {
    const requests = /(?<![\w.'])fetch\(|new (WebSocket|XMLHttpRequest|EventSource)\b/;
    expect(['src', 'webview', 'native-runtime'].flatMap((folder) => filesWith(folder, requests))).toEqual([
      'src/downloads/hubRequest.ts',
    ]);
  });

  it("no file uses the system's connections past the editor's proxy", () => {
    const modules = /from '(node:)?(http|https|http2|tls|dgram)'|import\('(node:)?(http|https|http2|net|tls|dgram)'\)/;
    expect(['src', 'webview', 'native-runtime'].flatMap((folder) => filesWith(folder, modules))).toEqual([]);
  });

  it('the client of the hub is used by one file', () => {
    expect(filesWith('src', /@huggingface\/hub/)).toEqual(['src/downloads/repositoryListing.ts']);
  });
});
