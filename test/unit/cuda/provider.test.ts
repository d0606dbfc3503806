import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import packageFile from '../../../package.json';
import { libraryFolder, nativeFolders, onnxRuntimeOf } from '../../../src/cuda/cudaFolders';
import { withProvider, type FetchOptions } from '../../../src/cuda/fetchProvider';
import { feedAddress, lookUpProvider, PROVIDER_PACKAGE, PUBLIC_FEED } from '../../../src/cuda/providerFeed';
import type { Pace } from '../../../src/downloads/pace';
import { temporaryFolder } from '../../support/temporaryFolder';
import { failing, FeedServer } from './feedServer';

const quick: Pace = { idleMs: 500, firstWaitMs: 2, longestWaitMs: 10, longestRetryAfterMs: 100, attempts: 3 };
const root = temporaryFolder();
let feed: FeedServer;
let folder = '';
let count = 0;

beforeAll(async () => {
  feed = await FeedServer.start();
});
beforeEach(() => {
  feed.reset();
  folder = join(root, `storage ${count++}`);
});

const access = () => ({ endpoint: feed.endpoint, pace: quick });
const lookUp = (version = '1.30.0', signal = new AbortController().signal) => lookUpProvider(access(), version, signal);
const target = () => join(folder, `${PROVIDER_PACKAGE}.1.30.0.nupkg`);

/** Fetches the package and gives its content. */
async function fetchPackage(options: Partial<FetchOptions> = {}, use = async (path: string) => readFileSync(path)) {
  const usual = { access: access(), signal: new AbortController().signal, onBytes: () => {} };
  return withProvider(await lookUp(), folder, { ...usual, ...options }, use);
}

it('names the package that the npm package of ONNX Runtime takes its libraries from', () => {
  const require = createRequire(__filename);
  const metadata = require('../../../node_modules/onnxruntime-node/script/install-metadata.js') as {
    requirements: Record<string, string[]>;
    packages: Record<string, { name: string; versions: { version: string }[] }>;
    feeds: Record<string, { index: string }>;
  };
  expect(metadata.requirements['linux/x64']).toEqual(['cuda12']);
  const { name, versions } = metadata.packages['nuget:linux/x64:cuda12']!;
  expect(name).toBe(PROVIDER_PACKAGE);
  expect(versions[0]!.version).toBe(onnxRuntimeOf({ packageJSON: packageFile }));
  expect(metadata.feeds.nuget!.index).toBe(PUBLIC_FEED);
});

describe('looking the package up', () => {
  it('tells address, size and checksum', async () => {
    const { file, address } = await lookUp();
    expect(file).toMatchObject({ size: feed.content.length, digest: { algorithm: 'sha512' } });
    expect(address).toMatch(/\.nupkg$/);
  });

  it.each<[string, () => void, string, string]>([
    [
      'a server that fails for good',
      () => (feed.faults = [failing(/index/, Infinity, (response) => response.writeHead(503).end())]),
      'server',
      'a problem of its own (503)',
    ],
    [
      'a connection that is cut',
      () => (feed.faults = [failing(/index/, Infinity, (response) => response.destroy())]),
      'offline',
      'the connection was cut',
    ],
    [
      'a server that says nothing',
      () => (feed.faults = [failing(/index/, Infinity, () => {})]),
      'stalled',
      'sent nothing',
    ],
    [
      'a proxy that wants a name',
      () => (feed.faults = [failing(/index/, Infinity, (response) => response.writeHead(407).end())]),
      'offline',
      'proxy settings',
    ],
    [
      "a network's log-in page",
      () => (feed.faults = [failing(/index/, 1, (response) => html(response))]),
      'not-a-hub',
      'a web page came',
    ],
    ['no checksum', () => (feed.lies = { packageHash: undefined }), 'not-a-hub', 'NuGet feed with checksums'],
    [
      'another algorithm',
      () => (feed.lies = { packageHashAlgorithm: 'MD5' }),
      'not-a-hub',
      'NuGet feed with checksums',
    ],
    ['another package', () => (feed.lies = { id: 'Something.Else' }), 'not-a-hub', 'NuGet feed with checksums'],
    [
      'an address in the clear on another machine',
      () => {
        const index = { resources: [{ '@id': 'http://example.com/r/', '@type': 'RegistrationsBaseUrl' }] };
        feed.faults = [failing(/index/, 1, (response) => void response.end(JSON.stringify(index)))];
      },
      'redirect',
      'which is not followed',
    ],
  ])('%s', async (_, prepare, kind, problem) => {
    prepare();
    await expect(lookUp()).rejects.toMatchObject({ kind, message: expect.stringContaining(problem) });
  });

  it('no such version', async () => {
    await expect(lookUp('9.9.9')).rejects.toMatchObject({ kind: 'missing', code: 'not-found' });
  });

  it('a failure that passes is no failure', async () => {
    feed.faults = [failing(/index/, 1, (response) => response.writeHead(503).end())];
    expect((await lookUp()).version).toBe('1.30.0');
  });

  it('cancelled', async () => {
    await expect(lookUp('1.30.0', AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });

  it.each([
    ['', PUBLIC_FEED],
    [' https://feed.example/v3/index.json ', 'https://feed.example/v3/index.json'],
    ['http://localhost:8080/index.json', 'http://localhost:8080/index.json'],
  ])('the feed %j', (setting, address) => expect(feedAddress(setting)).toBe(address));

  it.each(['http://feed.example/index.json', 'nonsense', 'https://user:secret@feed.example/', 'file:///etc/passwd'])(
    'refuses the feed %s',
    (setting) => expect(() => feedAddress(setting)).toThrow('not the address of a feed'),
  );
});

describe('fetching the package', () => {
  it('gives it to its user and removes it afterwards', async () => {
    const seen: number[] = [];
    const content = await fetchPackage({ onBytes: (received) => seen.push(received) });
    expect(content.equals(feed.content)).toBe(true);
    expect(seen.at(-1)).toBe(feed.content.length);
    expect(existsSync(target())).toBe(false);
  });

  it('a connection that drops: the rest is asked for by range', async () => {
    feed.faults = [failing(/nupkg$/, 1, (response) => cutAfter(response, 100_000))];
    expect((await fetchPackage()).equals(feed.content)).toBe(true);
    expect(feed.ranges).toEqual(['bytes=100000-']);
  });

  it('cancelled on the way: what came stays, and the next attempt goes on there', async () => {
    const controller = new AbortController();
    feed.faults = [failing(/nupkg$/, 1, (response) => void head(response).write(feed.content.subarray(0, 50_000)))];
    const onBytes = (received: number) => received >= 50_000 && controller.abort();
    await expect(fetchPackage({ signal: controller.signal, onBytes })).rejects.toMatchObject({ code: 'cancelled' });
    expect((await fetchPackage()).equals(feed.content)).toBe(true);
    expect(feed.ranges).toEqual(['bytes=50000-']);
  });

  it('a wrong checksum, twice: nothing is handed on, nothing stays', async () => {
    feed.lies = { packageHash: Buffer.alloc(64, 7).toString('base64') };
    let used = false;
    const work = fetchPackage({}, async () => {
      used = true;
      return Buffer.alloc(0);
    });
    await expect(work).rejects.toMatchObject({ kind: 'wrong-content', code: 'bad-file' });
    expect(used).toBe(false);
    expect([target(), `${target()}.part`].some(existsSync)).toBe(false);
    expect(feed.ranges).toEqual([undefined, undefined]);
  });

  it('another size than the feed says', async () => {
    feed.lies = { packageSize: feed.content.length + 1 };
    await expect(fetchPackage()).rejects.toMatchObject({ kind: 'wrong-content' });
  });

  it('too little space: nothing is fetched', async () => {
    const work = fetchPackage({ freeSpace: async () => 1e6 });
    await expect(work).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('1 MB are free') });
    expect(feed.ranges).toEqual([]);
  });

  it('a package that cannot be unpacked is kept, and not fetched again', async () => {
    const failed = fetchPackage({}, async () => {
      throw new Error('the disk is full');
    });
    await expect(failed).rejects.toThrow('the disk is full');
    expect((await fetchPackage()).equals(feed.content)).toBe(true);
    expect(feed.ranges).toEqual([undefined]);
  });

  it('another window does the same', async () => {
    await fetchPackage({}, async () => {
      await expect(fetchPackage()).rejects.toMatchObject({ code: 'conflict' });
      return Buffer.alloc(0);
    });
  });
});

it('the libraries are taken from the storage only when they are there', () => {
  expect(libraryFolder('/storage', '1.30.0')).toBe(join('/storage', 'cuda', 'onnxruntime-1.30.0'));
  expect(nativeFolders(folder, '1.30.0', ['/opt/cuda/lib64'])).toEqual(['/opt/cuda/lib64']);
});

function head(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-length': feed.content.length, etag: '"1"' });
}

function cutAfter(response: ServerResponse, bytes: number): void {
  head(response).write(feed.content.subarray(0, bytes));
  const timer = setInterval(() => {
    if (!existsSync(`${target()}.part`) || readFileSync(`${target()}.part`).length < bytes) return;
    clearInterval(timer);
    response.destroy();
  }, 5);
}

function html(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>');
}
