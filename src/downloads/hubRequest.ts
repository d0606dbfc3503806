import { cancelled } from '../worker/errors';
import { HubFailure, shownAddress } from './hubFailure';
import type { Pace } from './pace';
import { MOST_REDIRECTS, redirectProblem } from './redirects';

/** The hub, and what it is told about who asks. */
export interface HubAccess {
  /** As `hubEndpoint` gives it. */
  endpoint: string;
  /** Goes to the hub itself and nowhere else. */
  token?: string | undefined;
  pace: Pace;
}

/**
 * Sends a GET request and follows redirects. Redirects are followed by hand: a token must not go along to another host, and
 * not every address is acceptable. The global `fetch` is asked for at each call, because the editor puts its own there, which
 * knows its proxy settings and certificates.
 * @throws HubFailure `offline` or `redirect`; whatever `signal` was aborted with
 */
export async function hubRequest(
  access: HubAccess,
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const endpoint = new URL(access.endpoint);
  let url = new URL(address);
  for (let followed = 0; followed <= MOST_REDIRECTS; followed++) {
    const own = url.origin === endpoint.origin && access.token !== undefined;
    const sent = own ? { ...headers, authorization: `Bearer ${access.token}` } : { ...headers };
    const response = await send(url, sent, signal);
    if (response.type === 'opaqueredirect')
      throw new HubFailure(
        'redirect',
        shownAddress(url),
        'the editor hides where this leads',
        'Turn off the setting http.electronFetch and try again',
      );
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || response.status === 304 || location === null) return response;
    await response.body?.cancel().catch(() => {});
    if (!URL.canParse(location, url.href))
      throw new HubFailure('redirect', shownAddress(url), 'it leads to an address that cannot be read');
    const next = new URL(location, url);
    const problem = redirectProblem(next, endpoint);
    if (problem) throw new HubFailure('redirect', shownAddress(url), `it leads ${problem}, which is not followed`);
    url = next;
  }
  throw new HubFailure('redirect', shownAddress(address), 'it leads in circles', 'Try again later');
}

async function send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, signal, redirect: 'manual' });
  } catch (error) {
    throw connectionFailure(error, url, signal);
  }
}

/** What an error of `fetch`, or of reading an answer, means. */
export function connectionFailure(error: unknown, address: string | URL, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason instanceof HubFailure ? signal.reason : cancelled('the download');
  if (error instanceof HubFailure) return error;
  const code = causeCode(error);
  const problem = (code && reasons[code]) ?? `the connection failed (${code ?? messageOf(error)})`;
  const { host } = new URL(address);
  return new HubFailure(
    'offline',
    host,
    problem,
    'Check the connection and the proxy settings; local models still work',
  );
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of the server is not known here, which is also so without a connection',
  EAI_AGAIN: 'the name of the server cannot be looked up, which is also so without a connection',
  ECONNREFUSED: 'the server does not accept connections',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'the server does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the server does not answer',
  ENETUNREACH: 'there is no network',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted here',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** Errors of `fetch` say the reason in their cause, or in that one's. */
function causeCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return causeCode(cause, depth + 1) ?? (Array.isArray(errors) ? causeCode(errors[0], depth + 1) : undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
