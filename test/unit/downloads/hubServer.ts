import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

/** A request as it arrived. */
export interface SeenRequest {
  server: 'hub' | 'cdn';
  path: string;
  headers: IncomingMessage['headers'];
}

/** Answers a request in place of the usual way; false leaves it to that. */
export type Fault = (request: IncomingMessage, response: ServerResponse, path: string) => boolean | void;

/** What the repository of the server is. */
export interface ServedRepository {
  name: string;
  commit: string;
  files: Record<string, Buffer>;
  gated: false | 'auto' | 'manual';
  cardData: unknown;
}

/** Files from this size on are kept by their SHA-256 and come from the delivery network. */
const LARGE = 1000;

/**
 * A model hub on this machine with one repository, and a delivery network at another port, as the public hub has one. `faults`
 * are asked first, the latest one before the others.
 */
export class HubServer {
  readonly seen: SeenRequest[] = [];
  faults: Fault[] = [];
  cdnFaults: Fault[] = [];
  /** Whether ranges and etags work. */
  ranges = true;
  etag: (content: Buffer) => string | undefined = (content) => `"${sha256(content)}"`;

  private constructor(
    private readonly hub: Server,
    private readonly cdn: Server,
    public repository: ServedRepository,
  ) {}

  /** Starts both servers; they end with the tests of the file. */
  static async start(repository: ServedRepository): Promise<HubServer> {
    const listen = async (server: Server) => {
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      afterAll(() => {
        server.closeAllConnections();
        server.close();
      });
    };
    const hub = createServer((request, response) => served.answer('hub', request, response));
    const cdn = createServer((request, response) => served.answer('cdn', request, response));
    const served = new HubServer(hub, cdn, repository);
    await Promise.all([listen(hub), listen(cdn)]);
    return served;
  }

  get endpoint(): string {
    return addressOf(this.hub);
  }

  get cdnAddress(): string {
    return addressOf(this.cdn);
  }

  /** Back to a server without faults that has seen nothing. */
  reset(repository: ServedRepository): void {
    this.repository = repository;
    this.seen.length = 0;
    this.faults = [];
    this.cdnFaults = [];
    this.ranges = true;
    this.etag = (content) => `"${sha256(content)}"`;
  }

  /** The requests for contents of files, on whichever server gave them. */
  contentRequests(file: string): SeenRequest[] {
    return this.seen.filter(({ path }) => path.startsWith('/cdn/') && path.includes(encodeURIComponent(file)));
  }

  private answer(server: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').replace(/\?.*$/, '');
    this.seen.push({ server, path, headers: request.headers });
    const faults = server === 'hub' ? this.faults : this.cdnFaults;
    if ([...faults].reverse().some((fault) => fault(request, response, path))) return;
    if (server === 'cdn') return this.content(decodeURIComponent(path.slice('/cdn/'.length)), request, response);
    const { name, commit } = this.repository;
    if (path.startsWith(`/api/models/${name}/revision/`)) return json(response, this.information());
    if (path === `/api/models/${name}/tree/${commit}`) return json(response, this.tree());
    const prefix = `/${name}/resolve/${commit}/`;
    if (!path.startsWith(prefix)) return notFound(response, 'RepoNotFound');
    const file = decodeURIComponent(path.slice(prefix.length));
    const content = this.repository.files[file];
    if (!content) return notFound(response, 'EntryNotFound');
    if (content.length < LARGE) return this.content(file, request, response);
    response.writeHead(302, { location: `${this.cdnAddress}/cdn/${encodeURIComponent(file)}?signature=secret` }).end();
  }

  private information() {
    const { name, commit, gated, cardData } = this.repository;
    return {
      _id: '1',
      id: name,
      private: false,
      gated,
      downloads: 1,
      likes: 1,
      lastModified: '2026-01-01',
      sha: commit,
      cardData,
    };
  }

  private tree() {
    return Object.entries(this.repository.files).map(([path, content]) => ({
      type: 'file',
      path,
      size: content.length,
      oid: gitId(content),
      ...(content.length < LARGE ? {} : { lfs: { oid: sha256(content), size: content.length, pointerSize: 130 } }),
    }));
  }

  private content(file: string, request: IncomingMessage, response: ServerResponse): void {
    const content = this.repository.files[file];
    if (!content) return notFound(response, 'EntryNotFound');
    const etag = this.etag(content);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? NaN);
    const condition = request.headers['if-range'];
    const partial = this.ranges && !Number.isNaN(from) && (condition === undefined || condition === etag);
    const headers = { 'content-type': 'application/octet-stream', ...(etag === undefined ? {} : { etag }) };
    if (partial && from >= content.length) return void response.writeHead(416, headers).end();
    const body = partial ? content.subarray(from) : content;
    const range = partial ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(partial ? 206 : 200, { ...headers, ...range, 'content-length': body.length }).end(body);
  }
}

/** The first `times` requests for a path that matches are answered by `answer`, the others as usual. */
export function failing(
  pattern: RegExp,
  times: number,
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Fault {
  let left = times;
  return (request, response, path) => {
    if (!pattern.test(path) || left === 0) return false;
    left--;
    answer(response, request);
    return true;
  };
}

/** The hub's name for large files. */
export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Git's name for a file. */
export function gitId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}

function notFound(response: ServerResponse, code: string): void {
  response.writeHead(404, { 'x-error-code': code, 'content-type': 'text/plain' }).end('not found');
}
