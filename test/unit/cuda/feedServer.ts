import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

/** Answers a request in place of the usual way; false leaves it to that. */
export type FeedFault = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

const NAME = 'microsoft.ml.onnxruntime.gpu.linux';

/** A NuGet feed on this machine with one package. */
export class FeedServer {
  faults: FeedFault[] = [];
  /** The catalog's entry, to lie in. */
  lies: Record<string, unknown> = {};
  readonly ranges: (string | undefined)[] = [];
  content: Buffer = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 13 + (i >> 8)) & 255));

  private constructor(private readonly server: Server) {}

  /** Starts it; it ends with the tests of the file. */
  static async start(): Promise<FeedServer> {
    const server = createServer((request, response) => feed.answer(request, response));
    const feed = new FeedServer(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    return feed;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get endpoint(): string {
    return `${this.origin}/v3/index.json`;
  }

  /** Back to a feed without faults. */
  reset(): void {
    this.faults = [];
    this.lies = {};
    this.ranges.length = 0;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    if (this.faults.some((fault) => fault(request, response, path))) return;
    switch (path) {
      case '/v3/index.json':
        return json(response, {
          version: '3.0.0',
          resources: [
            { '@id': `${this.origin}/v3/flat/`, '@type': 'PackageBaseAddress/3.0.0' },
            { '@id': `${this.origin}/v3/registration/`, '@type': 'RegistrationsBaseUrl/3.6.0' },
          ],
        });
      case `/v3/registration/${NAME}/1.30.0.json`:
        return json(response, {
          catalogEntry: `${this.origin}/v3/catalog/entry.json`,
          packageContent: `${this.origin}/v3/flat/${NAME}/1.30.0/${NAME}.1.30.0.nupkg`,
          listed: true,
        });
      case '/v3/catalog/entry.json':
        return json(response, {
          id: 'Microsoft.ML.OnnxRuntime.Gpu.Linux',
          version: '1.30.0',
          packageHash: createHash('sha512').update(this.content).digest('base64'),
          packageHashAlgorithm: 'SHA512',
          packageSize: this.content.length,
          ...this.lies,
        });
      case `/v3/flat/${NAME}/1.30.0/${NAME}.1.30.0.nupkg`:
        return this.package(request, response);
      default:
        response.writeHead(404).end();
    }
  }

  private package(request: IncomingMessage, response: ServerResponse): void {
    this.ranges.push(request.headers.range);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const { length } = this.content;
    const range = from > 0 ? { 'content-range': `bytes ${from}-${length - 1}/${length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { ...range, 'content-length': length - from, etag: '"1"' });
    response.end(this.content.subarray(from));
  }
}

/** The first `times` requests for a path that matches are answered in another way. */
export function failing(
  pattern: RegExp,
  times: number,
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): FeedFault {
  let left = times;
  return (request, response, path) => {
    if (!pattern.test(path) || left-- <= 0) return false;
    answer(response, request);
    return true;
  };
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
