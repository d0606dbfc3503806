import { cancelled } from '../worker/errors';
import { l10n } from '../translation';
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
        l10n.t('the editor hides where this leads'),
        l10n.t('Turn off the setting http.electronFetch and try again'),
      );
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || response.status === 304 || location === null) return response;
    await response.body?.cancel().catch(() => {});
    if (!URL.canParse(location, url.href))
      throw new HubFailure('redirect', shownAddress(url), l10n.t('it leads to an address that cannot be read'));
    const next = new URL(location, url);
    const problem = redirectProblem(next, endpoint);
    if (problem) throw new HubFailure('redirect', shownAddress(url), problem);
    url = next;
  }
  throw new HubFailure('redirect', shownAddress(address), l10n.t('it leads in circles'), l10n.t('Try again later'));
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
  if (signal.aborted) return signal.reason instanceof HubFailure ? signal.reason : cancelled(l10n.t('the download'));
  if (error instanceof HubFailure) return error;
  const code = causeCode(error);
  const problem = reasonOf(code) ?? l10n.t('the connection failed ({0})', code ?? messageOf(error));
  const { host } = new URL(address);
  return new HubFailure(
    'offline',
    host,
    problem,
    l10n.t('Check the connection and the proxy settings; local models still work'),
  );
}

/** What the system's name for a failed connection means. */
function reasonOf(code: string | undefined): string | undefined {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return l10n.t('the name of the server cannot be looked up, which is also so without a connection');
    case 'ECONNREFUSED':
      return l10n.t('the server does not accept connections');
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return l10n.t('the connection was cut');
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return l10n.t('the server does not answer');
    case 'ENETUNREACH':
      return l10n.t('there is no network');
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return l10n.t('its certificate is not trusted here');
    case 'CERT_HAS_EXPIRED':
      return l10n.t('its certificate has expired');
    default:
      return undefined;
  }
}

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
