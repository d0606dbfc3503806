import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isHubFailure } from '../../../src/downloads/hubFailure';
import { Staging } from '../../../src/downloads/staging';
import { DownloadScene, quick, WEIGHTS } from './downloadScene';
import { failing, gitId, sha256 } from './hubServer';

let scene: DownloadScene;
beforeAll(async () => {
  scene = await DownloadScene.create();
});
beforeEach(() => scene.reset());

const weightsPath = new RegExp(`^/cdn/${encodeURIComponent(WEIGHTS)}$`);
const weights = () => scene.hub.repository.files[WEIGHTS]!;
const partPath = () => `${new Staging(scene.folder).fileAt(WEIGHTS)}.part`;
const ranges = () => scene.hub.contentRequests(WEIGHTS).map(({ headers }) => headers.range);

/** Does something when so many bytes of the weights are on disk. */
function whenThere(bytes: number, then: () => void): void {
  const timer = setInterval(() => {
    if (!existsSync(partPath()) || readFileSync(partPath()).length < bytes) return;
    clearInterval(timer);
    then();
  }, 5);
}

/** Sends the head and the first bytes of the weights, then cuts the connection. */
function cutAfter(bytes: number) {
  return (response: ServerResponse) => {
    const content = weights();
    response.writeHead(200, { etag: scene.hub.etag(content), 'content-length': content.length });
    response.write(content.subarray(0, bytes));
    whenThere(bytes, () => response.destroy());
  };
}

/** Ends a first attempt early, with so many bytes of the weights there. */
async function interrupted(bytes: number): Promise<void> {
  const controller = new AbortController();
  scene.hub.cdnFaults = [
    failing(weightsPath, 1, (response) => {
      response.writeHead(200, { etag: scene.hub.etag(weights()), 'content-length': weights().length });
      response.write(weights().subarray(0, bytes));
    }),
  ];
  const onBytes = () => existsSync(partPath()) && readFileSync(partPath()).length >= bytes && controller.abort();
  await expect(scene.download(undefined, { signal: controller.signal, onBytes })).rejects.toMatchObject({
    code: 'cancelled',
  });
  scene.hub.cdnFaults = [];
  scene.hub.seen.length = 0;
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail('it went well'),
    (error: unknown) => error as Error,
  );
}

describe('H1 a connection that is not to be relied on', () => {
  it.each([10_000, 99_000])('drops after %i of 100000 bytes: the rest is asked for by range', async (bytes) => {
    scene.hub.cdnFaults = [failing(weightsPath, 1, cutAfter(bytes))];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(scene.isWhole(plan)).toBe(true);
    expect(ranges()).toEqual([undefined, `bytes=${bytes}-`]);
    expect(scene.hub.contentRequests(WEIGHTS)[1]!.headers['if-range']).toBe(scene.hub.etag(weights()));
  });

  it('drops every time: given up after the last attempt, and what came stays', async () => {
    scene.hub.cdnFaults = [failing(weightsPath, Infinity, (response) => response.destroy())];
    expect(await failureOf(scene.download())).toMatchObject({ kind: 'offline', code: 'network' });
    expect(ranges()).toHaveLength(quick.attempts);
    expect(existsSync(scene.folder)).toBe(false);
    expect(existsSync(`${scene.folder}.download`)).toBe(true);
  });

  it('ends early though the answer looks complete', async () => {
    const short = (response: ServerResponse) =>
      void response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(weights().subarray(0, 40_000));
    scene.hub.cdnFaults = [failing(weightsPath, 1, short)];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual([undefined, 'bytes=40000-']);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('cancelled and begun again: goes on where it was', async () => {
    await interrupted(30_000);
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual(['bytes=30000-']);
    expect(scene.isWhole(plan)).toBe(true);
    expect(scene.hub.seen.filter(({ path }) => path.endsWith('/unet/config.json'))).toEqual([]);
  });

  it('a server that ignores ranges: starts anew and does not join the parts', async () => {
    await interrupted(30_000);
    scene.hub.ranges = false;
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual(['bytes=30000-']);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('another etag between the attempts, honoured by the server: starts anew', async () => {
    await interrupted(30_000);
    scene.hub.etag = () => '"another"';
    const plan = await scene.plan();
    await scene.download(plan);
    expect(scene.isWhole(plan)).toBe(true);
    expect(ranges()).toEqual(['bytes=30000-']);
  });

  it('another etag on a part that the server sends all the same: the part is not joined', async () => {
    await interrupted(30_000);
    const part = (response: ServerResponse) => {
      const content = Buffer.alloc(weights().length, 1).subarray(30_000);
      const range = `bytes 30000-${weights().length - 1}/${weights().length}`;
      response.writeHead(206, { etag: '"another"', 'content-range': range }).end(content);
    };
    scene.hub.cdnFaults = [failing(weightsPath, 1, part)];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(scene.isWhole(plan)).toBe(true);
    expect(ranges()).toEqual(['bytes=30000-', undefined]);
  });

  it('a part from another place than asked for is not joined', async () => {
    await interrupted(30_000);
    const part = (response: ServerResponse) => {
      const range = `bytes 10000-${weights().length - 1}/${weights().length}`;
      response
        .writeHead(206, { etag: scene.hub.etag(weights()), 'content-range': range })
        .end(weights().subarray(10_000));
    };
    scene.hub.cdnFaults = [failing(weightsPath, 1, part)];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(scene.isWhole(plan)).toBe(true);
    expect(ranges()).toEqual(['bytes=30000-', undefined]);
  });

  it('a repository that changed between the attempts: the old beginning is not used', async () => {
    await interrupted(30_000);
    scene.hub.repository.commit = 'c0ffee0000000000000000000000000000000002';
    scene.hub.repository.files[WEIGHTS] = Buffer.from(weights().map((byte) => byte ^ 255));
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual([undefined]);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('without an etag it resumes too, because the content is checked', async () => {
    scene.hub.etag = () => undefined;
    scene.hub.cdnFaults = [
      failing(weightsPath, 1, (response) => {
        response.writeHead(200, { 'content-length': weights().length });
        response.write(weights().subarray(0, 5000));
        whenThere(5000, () => response.destroy());
      }),
    ];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual([undefined, 'bytes=5000-']);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('a partial file longer than the file: starts anew', async () => {
    await interrupted(30_000);
    writeFileSync(partPath(), Buffer.alloc(200_000));
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual([undefined]);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('stalls in the middle: given up after the idle time, then resumed', async () => {
    const stall = (response: ServerResponse) => {
      response.writeHead(200, { etag: scene.hub.etag(weights()), 'content-length': weights().length });
      response.write(weights().subarray(0, 7000));
    };
    scene.hub.cdnFaults = [failing(weightsPath, 1, stall)];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual([undefined, 'bytes=7000-']);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('never answers: the message says so', async () => {
    scene.hub.faults = [failing(/\/revision\//, Infinity, () => {})];
    const hasty = { ...quick, idleMs: 200, attempts: 2 };
    expect(await failureOf(scene.list(undefined, 'main', hasty))).toMatchObject({
      kind: 'stalled',
      message: /sent nothing for 1 s/,
    });
  });
});

describe('H2 content that is not what it should be', () => {
  const wrong = (times: number) =>
    failing(weightsPath, times, (response) => void response.writeHead(200).end(Buffer.alloc(weights().length, 7)));

  it('wrong once: deleted and fetched once more', async () => {
    scene.hub.cdnFaults = [wrong(1)];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual([undefined, undefined]);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('wrong twice: an error that names the file, and nothing of it is left', async () => {
    scene.hub.cdnFaults = [wrong(Infinity)];
    expect(await failureOf(scene.download())).toMatchObject({
      kind: 'wrong-content',
      where: WEIGHTS,
      code: 'bad-file',
    });
    expect(ranges()).toHaveLength(2);
    expect(existsSync(partPath())).toBe(false);
    expect(existsSync(partPath().replace(/\.part$/, ''))).toBe(false);
    expect(existsSync(scene.folder)).toBe(false);
  });

  it('a wrong beginning of an earlier attempt costs one more fetch', async () => {
    await interrupted(30_000);
    writeFileSync(partPath(), Buffer.alloc(30_000, 9));
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual(['bytes=30000-', undefined]);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('a small file is checked by the id git gives it', async () => {
    const plan = await scene.plan();
    const config = plan.files.find(({ path }) => path === 'unet/config.json')!;
    expect(config.digest).toEqual({ algorithm: 'git', value: gitId(scene.hub.repository.files['unet/config.json']!) });
    const other = Buffer.from(scene.hub.repository.files['unet/config.json']!.map((byte) => byte ^ 1));
    scene.hub.faults = [failing(/unet\/config\.json$/, 2, (response) => void response.writeHead(200).end(other))];
    expect(await failureOf(scene.download(plan))).toMatchObject({ kind: 'wrong-content', where: 'unet/config.json' });
  });

  it('another size than the repository says is refused before it comes', async () => {
    const longer = (response: ServerResponse) =>
      void response.writeHead(200, { 'content-length': 5_000_000 }).write(Buffer.alloc(1000));
    scene.hub.cdnFaults = [failing(weightsPath, 1, longer)];
    expect(await failureOf(scene.download())).toMatchObject({ kind: 'wrong-content', message: /5000000 bytes/ });
  });

  it('chunks without a length that go on for ever are cut off', async () => {
    const endless = (response: ServerResponse) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      const more = (): unknown => response.destroyed || response.write(Buffer.alloc(20_000), () => setImmediate(more));
      more();
    };
    scene.hub.cdnFaults = [failing(weightsPath, 1, endless)];
    expect(await failureOf(scene.download())).toMatchObject({
      kind: 'wrong-content',
      message: /more than its 100000 bytes/,
    });
    expect(readFileSync(partPath())).toHaveLength(0);
  });
});

describe('H3 answers that are no file', () => {
  const status =
    (code: number, headers: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      void response.writeHead(code, { 'content-type': 'text/plain', ...headers }).end('no');

  it.each([
    ['401 without a token', 401, {}, undefined, 'unauthorised', /no such public repository/],
    ['401 with a token', 401, {}, 'hf_wrong', 'unauthorised', /does not accept the access token/],
    ['403 without a code', 403, {}, undefined, 'unauthorised', /refuses access/],
    ['404 repository', 404, { 'x-error-code': 'RepoNotFound' }, undefined, 'missing', /no such repository/],
    ['404 revision', 404, { 'x-error-code': 'RevisionNotFound' }, undefined, 'missing', /no revision main/],
    ['429', 429, {}, undefined, 'busy', /asked too often/],
    ['500', 500, {}, undefined, 'server', /\(500\)/],
    ['503', 503, {}, undefined, 'server', /\(503\)/],
    ['407 of a proxy', 407, {}, undefined, 'offline', /name and a password/],
  ])('%s', async (_, code, headers, token, kind, message) => {
    scene.hub.faults = [failing(/\/revision\//, Infinity, status(code, headers as Record<string, string>))];
    const failure = await failureOf(scene.list(token));
    expect(failure).toMatchObject({ kind, message });
    expect(scene.hub.seen).toHaveLength(isHubFailure(failure) && failure.passing ? quick.attempts : 1);
  });

  it.each([429, 503])('%i once with Retry-After: waited for, then it goes on', async (code) => {
    scene.hub.faults = [failing(/\/revision\//, 1, status(code, { 'retry-after': '1' }))];
    const start = performance.now();
    await scene.list();
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  it('Retry-After longer than anybody waits: says so at once', async () => {
    scene.hub.faults = [failing(/\/revision\//, 1, status(429, { 'retry-after': '3600' }))];
    expect(await failureOf(scene.list())).toMatchObject({ kind: 'busy', message: /Try again in 3600 s/ });
    expect(scene.hub.seen).toHaveLength(1);
  });

  it('500 in the middle of a file: asked again', async () => {
    scene.hub.cdnFaults = [failing(weightsPath, 2, status(500))];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('a link of the delivery network that has expired: the hub is asked for a new one', async () => {
    scene.hub.cdnFaults = [failing(weightsPath, 1, status(403))];
    const plan = await scene.plan();
    await scene.download(plan);
    expect(scene.isWhole(plan)).toBe(true);
    expect(scene.hub.seen.filter(({ path }) => path.endsWith(WEIGHTS) && path.includes('/resolve/'))).toHaveLength(2);
  });

  it.each(['listing', 'file'])('the log-in page of a network in place of the %s', async (what) => {
    const page = (response: ServerResponse) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    const plan = what === 'file' ? await scene.plan() : undefined;
    scene.hub.faults = [failing(what === 'file' ? /\/resolve\// : /\/revision\//, 1, page)];
    expect(await failureOf(scene.download(plan))).toMatchObject({ kind: 'not-a-hub', message: /a web page came/ });
  });

  it.each(['not json', '{}', '[{"path": 1}]'])('a server that is no hub answers %s', async (text) => {
    const answer = (response: ServerResponse) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    scene.hub.faults = [failing(/\/revision\//, 1, answer)];
    expect(await failureOf(scene.list())).toMatchObject({
      kind: 'not-a-hub',
      message: /does not answer like a model hub/,
    });
  });

  const to = (location: string) => (response: ServerResponse) => void response.writeHead(302, { location }).end();

  it.each([
    ['http on another machine', 'http://example.com/file', /to a http address/],
    ['a file', 'file:///etc/passwd', /to a file address/],
    ['an address with a password', 'https://user:secret@example.com/x', /with a password in it/],
  ])('redirect to %s', async (_, location, message) => {
    const plan = await scene.plan();
    scene.hub.faults = [failing(/unet\/config\.json$/, 1, to(location))];
    const failure = await failureOf(scene.download(plan));
    expect(failure).toMatchObject({ kind: 'redirect', message });
    expect(failure.message).not.toContain('secret');
  });

  it('a circle of redirects', async () => {
    const plan = await scene.plan();
    scene.hub.faults = [failing(/unet\/config\.json$/, Infinity, to('config.json'))];
    expect(await failureOf(scene.download(plan))).toMatchObject({ kind: 'redirect', message: /in circles/ });
    expect(scene.hub.seen.filter(({ path }) => path.endsWith('unet/config.json')).length).toBeLessThan(12);
  });

  it('a listing that goes on at another server', async () => {
    const next = (response: ServerResponse) =>
      void response
        .writeHead(200, { 'content-type': 'application/json', link: `<${scene.hub.cdnAddress}/more>; rel="next"` })
        .end('[]');
    scene.hub.faults = [failing(/\/tree\//, 1, next)];
    expect(await failureOf(scene.list('hf_token'))).toMatchObject({ kind: 'not-a-hub', message: /another server/ });
    expect(scene.hub.seen.filter(({ server }) => server === 'cdn')).toEqual([]);
  });
});

describe('H4 disk and other windows', () => {
  it('too little space is said before anything comes', async () => {
    const plan = await scene.plan();
    const failure = await failureOf(scene.download(plan, { freeSpace: () => Promise.resolve(1e6) }));
    expect(failure).toMatchObject({ code: 'disk-full', message: /only 1 MB are free/ });
    expect(ranges()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('the disk fills on the way: the rest stays for another attempt', async () => {
    const plan = await scene.plan();
    mkdirSync(dirname(partPath()), { recursive: true });
    // Linux's device that is always full.
    symlinkSync('/dev/full', partPath());
    expect(await failureOf(scene.download(plan))).toMatchObject({ code: 'disk-full', message: /the disk is full/ });
    expect(existsSync(new Staging(scene.folder).fileAt('unet/config.json'))).toBe(true);
    expect(existsSync(scene.folder)).toBe(false);
  });

  it('a second download into the same folder is refused while the first goes on', async () => {
    const plan = await scene.plan();
    let second: Promise<Error> | undefined;
    await scene.download(plan, { onBytes: () => (second ??= failureOf(scene.download(plan))) });
    expect(await second).toMatchObject({ code: 'conflict', message: /is downloading into this folder/ });
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('the lock of a window that is gone is taken over', async () => {
    const plan = await scene.plan();
    const staging = new Staging(scene.folder);
    mkdirSync(staging.path, { recursive: true });
    const { hostname } = await import('node:os');
    writeFileSync(
      join(staging.path, 'lock.json'),
      JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: 'x' }),
    );
    await scene.download(plan);
    expect(scene.isWhole(plan)).toBe(true);
  });

  it('a folder that is there is not touched', async () => {
    mkdirSync(scene.folder, { recursive: true });
    writeFileSync(join(scene.folder, 'mine.txt'), 'mine');
    expect(await failureOf(scene.download())).toMatchObject({ code: 'conflict', message: /is there already/ });
    expect(scene.filesIn(scene.folder)).toEqual(['mine.txt']);
  });

  it('killed between a file and the note about it: the file is checked, not fetched again', async () => {
    await interrupted(30_000);
    const path = partPath().replace(/\.part$/, '');
    writeFileSync(path, weights());
    const plan = await scene.plan();
    await scene.download(plan);
    expect(ranges()).toEqual([]);
    expect(scene.isWhole(plan)).toBe(true);
  });
});

describe('H5 file names from the server', () => {
  it.each(['../evil.json', 'unet/../../evil.json', '/etc/evil.json', 'C:\\evil.json', '..\\evil.json'])(
    '%s: nothing is fetched',
    async (name) => {
      scene.hub.repository.files[name] = Buffer.from('evil');
      expect(await failureOf(scene.list())).toMatchObject({ kind: 'not-a-hub', message: /leads out of its folder/ });
      expect(scene.hub.seen.filter(({ path }) => path.includes('/resolve/'))).toEqual([]);
    },
  );
});

describe('H6 without a network', () => {
  it('says that there is no connection', async () => {
    const access = { endpoint: 'http://127.0.0.1:1', pace: quick };
    const { listRepository } = await import('../../../src/downloads/repositoryListing');
    const listing = listRepository({ repository: 'a/b', revision: 'main' }, access, new AbortController().signal);
    expect(await failureOf(listing)).toMatchObject({ kind: 'offline', message: /Check the connection and the proxy/ });
  });
});

describe('H7 secrets', () => {
  it('no failure repeats the token or the query of a signed link', async () => {
    const plan = await scene.plan();
    const faults = [
      failing(
        weightsPath,
        Infinity,
        (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      ),
      failing(weightsPath, Infinity, (response) => void response.writeHead(418).end()),
      failing(weightsPath, Infinity, (response) => response.destroy()),
      failing(
        weightsPath,
        Infinity,
        (response) => void response.writeHead(302, { location: 'ftp://x/?signature=secret' }).end(),
      ),
    ];
    for (const fault of faults) {
      scene.hub.cdnFaults = [fault];
      const failure = await failureOf(scene.download(plan, { token: 'hf_topsecret' }));
      expect(`${failure.message} ${failure.stack} ${JSON.stringify(failure)}`).not.toMatch(/topsecret|signature/);
    }
  });

  it('neither plan nor manifest nor anything else on disk holds the token', async () => {
    scene.hub.cdnFaults = [failing(weightsPath, Infinity, (response) => response.destroy())];
    await failureOf(scene.download(undefined, { token: 'hf_topsecret' }));
    const staging = new Staging(scene.folder).path;
    for (const file of scene.filesIn(staging))
      expect(readFileSync(join(staging, file), 'latin1')).not.toContain('topsecret');
  });
});

describe('H8 terms', () => {
  it.each([
    ['without a token', 401, undefined, /try again with an access token/],
    ['with a token', 403, 'hf_token', /Ask for access on http.*someone\/tiny-diffusion/],
  ])('a gated repository %s: the page is named', async (_, code, token, message) => {
    const plan = await scene.plan();
    const answer = (response: ServerResponse) => void response.writeHead(code, { 'x-error-code': 'GatedRepo' }).end();
    scene.hub.faults = [failing(/\/resolve\//, Infinity, answer)];
    expect(await failureOf(scene.download(plan, token === undefined ? {} : { token }))).toMatchObject({
      kind: 'gated',
      message,
    });
  });

  it('the listing says whether it is gated and what its licence is', async () => {
    scene.hub.repository.gated = 'manual';
    expect(await scene.list()).toMatchObject({
      gated: true,
      licence: { name: 'CreativeML Open RAIL-M', free: false, link: `${scene.hub.endpoint}/someone/tiny-diffusion` },
    });
  });

  it('large files are known by their SHA-256', async () => {
    const { files } = await scene.list();
    const digest = files.find(({ path }) => path === WEIGHTS)!.digest;
    expect(digest).toEqual({ algorithm: 'sha256', value: sha256(weights()) });
  });
});
