import { describe, expect, it } from 'vitest';
import { duration, gigabytes } from '../../../src/downloads/amounts';
import { AccessTokens, isToken } from '../../../src/downloads/accessTokens';
import { hubEndpoint, PUBLIC_HUB } from '../../../src/downloads/hubEndpoint';
import { isLocalHost } from '../../../src/downloads/localHost';
import { checkRevision, parseRepository } from '../../../src/downloads/repositoryId';
import { redirectProblem } from '../../../src/downloads/redirects';
import { retryAfter } from '../../../src/downloads/retries';
import { isHostileName, isSafeName } from '../../../src/downloads/safeName';
import { Speed } from '../../../src/downloads/speed';
import { progressWords } from '../../../src/downloads/progressWords';

describe('names of repositories', () => {
  it.each([
    ['stabilityai/stable-diffusion-xl-base-1.0', 'stabilityai/stable-diffusion-xl-base-1.0', 'main'],
    ['  owner/name  ', 'owner/name', 'main'],
    ['https://huggingface.co/owner/name', 'owner/name', 'main'],
    ['https://huggingface.co/owner/name/tree/refs%2Fpr%2F3', 'owner/name', 'refs/pr/3'],
    ['https://huggingface.co/owner/name/tree/feature/x', 'owner/name', 'feature/x'],
    ['https://huggingface.co/owner/name/blob/v1/unet/config.json?download=true', 'owner/name', 'v1'],
    ['https://hf.co/owner/name/', 'owner/name', 'main'],
    ['https://hub.example/mirror/owner/name', 'owner/name', 'main'],
  ])('%s', (typed, repository, revision) => {
    expect(parseRepository(typed, 'https://hub.example/mirror')).toEqual({ repository, revision });
  });

  it.each(['', 'name', '../etc', 'owner/..', 'a/b/c', 'https://example.com/a/b', 'owner/na me', 'o--x/name', 'a/b?'])(
    'refuses "%s"',
    (typed) => {
      if (typed === 'a/b?') return expect(parseRepository(typed).repository).toBe('a/b');
      expect(() => parseRepository(typed)).toThrow(/not the name of a repository/);
    },
  );

  it.each(['', '..', 'a b', '-x', 'a//b', 'main?x'])('refuses the revision "%s"', (revision) => {
    expect(() => checkRevision(revision)).toThrow(/cannot be a revision/);
  });
});

describe('the address of the hub', () => {
  it.each([
    ['', undefined, PUBLIC_HUB],
    ['', 'https://hf-mirror.example/', 'https://hf-mirror.example'],
    ['https://own.example/hf/', 'https://other.example', 'https://own.example/hf'],
    ['http://localhost:8080', undefined, 'http://localhost:8080'],
  ])('setting "%s", environment %s', (setting, environment, endpoint) => {
    expect(hubEndpoint(setting, environment)).toBe(endpoint);
  });

  it.each([
    'http://example.com',
    'ftp://example.com',
    'no address',
    'https://user:hunter2@example.com',
    'https://x.example/?a=1',
  ])('refuses %s without repeating it', (setting) => {
    expect(() => hubEndpoint(setting, undefined)).toThrow(/^customDiffusion\.models\.hubEndpoint: (?!.*hunter2)/);
  });
});

describe('H3 where a redirect may lead', () => {
  const hub = new URL('https://huggingface.co');
  it.each([
    ['https://cdn-lfs.hf.co/x', undefined],
    ['http://cdn-lfs.hf.co/x', /http address/],
    ['https://localhost/x', /local network/],
    ['https://127.0.0.1/x', /local network/],
    ['https://10.1.2.3/x', /local network/],
    ['https://192.168.0.1/x', /local network/],
    ['https://169.254.169.254/latest', /local network/],
    ['https://[::1]/x', /local network/],
    ['https://[::ffff:7f00:1]/x', /local network/],
    ['https://2130706433/x', /local network/],
    ['file:///etc/passwd', /file address/],
    ['data:text/plain,x', /data address/],
  ])('%s', (to, problem) => {
    const found = redirectProblem(new URL(to), hub);
    if (problem) expect(found).toMatch(problem);
    else expect(found).toBeUndefined();
  });

  it('within a local hub of its own', () => {
    const own = new URL('https://10.0.0.5/hf');
    expect(redirectProblem(new URL('https://10.0.0.5/files/x'), own)).toBeUndefined();
    expect(isLocalHost('example.com')).toBe(false);
    expect(isLocalHost('hub.localhost')).toBe(true);
  });
});

describe('H5 names of files', () => {
  it.each(['unet/config.json', 'v1-5-pruned_emaonly.safetensors', 'a/b/c/d.json'])('%s is fine', (name) => {
    expect(isSafeName(name)).toBe(true);
  });
  it.each([
    '',
    '.',
    '..',
    'a/../b',
    '/a',
    'a//b',
    'a\\b',
    'C:x',
    'con',
    'aux.json',
    'x/nul.txt',
    'name.',
    '.hidden',
    'a\0b',
    'ä',
    'a b',
    'a/b/c/d/e',
  ])('%j is not used', (name) => expect(isSafeName(name)).toBe(false));
  it('tells an odd name from a hostile one', () => {
    expect(isHostileName('a picture.png')).toBe(false);
    expect(isHostileName('..png')).toBe(false);
    expect(isHostileName('x/..')).toBe(true);
  });
});

describe('waits and amounts', () => {
  it.each([
    [null, undefined],
    ['7', 7000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 1969 23:00:00 GMT', 0],
    ['soon', undefined],
  ])('Retry-After %s', (header, wait) => expect(retryAfter(header, 0)).toBe(wait));

  it('writes amounts', () => {
    expect([500, 812e6, 4.267e9, 13.9e9].map(gigabytes)).toEqual(['1 kB', '812 MB', '4.27 GB', '13.9 GB']);
    expect([0.2, 45, 300, 7500].map(duration)).toEqual(['1 s', '45 s', '5 min', '2 h 5 min']);
  });

  it('tells the speed of the last seconds, not of what was there before', () => {
    let time = 0;
    const speed = new Speed(() => time);
    speed.note(1e9);
    expect(progressWords(1e9, 4e9, speed)).toBe('1.00 GB of 4.00 GB');
    for (; time < 30_000; time += 50) speed.note(1e9 + time * 1e4);
    expect(speed.bytesPerSecond).toBeCloseTo(1e7, -4);
    expect(progressWords(1.3e9, 4e9, speed)).toMatch(/^1\.30 GB of 4\.00 GB · 10 MB\/s · 5 min left$/);
    speed.note(0);
    expect(speed.bytesPerSecond).toBeUndefined();
  });
});

describe('H7 access tokens', () => {
  it('are kept in the secret storage only, one for each hub, and forgotten together', async () => {
    const secrets = new Map<string, string>();
    const memory = new Map<string, unknown>();
    const tokens = new AccessTokens(
      {
        get: (key) => Promise.resolve(secrets.get(key)),
        store: (key, value) => Promise.resolve(void secrets.set(key, value)),
        delete: (key) => Promise.resolve(void secrets.delete(key)),
      },
      {
        get: (key: string) => memory.get(key) as never,
        update: (key: string, value: unknown) => Promise.resolve(void memory.set(key, value)),
      },
    );
    await tokens.keep('https://a.example', 'hf_aaaaaaaa');
    await tokens.keep('https://b.example', 'hf_bbbbbbbb');
    expect(await tokens.get('https://a.example')).toBe('hf_aaaaaaaa');
    expect(await tokens.get('https://c.example')).toBeUndefined();
    expect(JSON.stringify([...memory])).not.toContain('hf_');
    expect(await tokens.forgetAll()).toBe(2);
    expect(secrets.size).toBe(0);
    expect(await tokens.forgetAll()).toBe(0);
  });

  it.each([
    ['hf_abcdefgh', true],
    ['short', false],
    ['hf_with space', false],
    ['hf_line\r\nx-evil: 1', false],
  ])('%j', (text, good) => expect(isToken(text)).toBe(good));
});
