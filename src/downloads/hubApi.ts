import { cancelled } from '../worker/errors';
import { l10n } from '../translation';
import { HubFailure } from './hubFailure';
import { connectionFailure, hubRequest, type HubAccess } from './hubRequest';
import { failureOfStatus, notAHub, type AskedFor } from './hubStatus';
import { IdleWatch } from './idleWatch';
import { readBody } from './readBody';
import { withRetries } from './retries';

/** Longer answers are no answers to our questions. */
const MOST_BYTES = 32 << 20;

/** A question to a hub's programming interface, or for a small file. */
export interface HubQuestion {
  access: HubAccess;
  asked: Omit<AskedFor, 'endpoint' | 'withToken'>;
  signal: AbortSignal;
}

/**
 * Asks with retries and reads the whole answer, which is a success and no web page.
 * @throws HubFailure for everything else
 */
export async function askHub(question: HubQuestion, address: string): Promise<Response> {
  const { access, signal } = question;
  return withRetries(access.pace, signal, () => askOnce(question, address));
}

async function askOnce({ access, asked, signal }: HubQuestion, address: string): Promise<Response> {
  const { endpoint, token, pace } = access;
  const url = new URL(address);
  // A listing goes on at an address that the server gives.
  if (url.origin !== new URL(endpoint).origin)
    throw new HubFailure(
      'not-a-hub',
      asked.repository,
      l10n.t('its listing goes on at another server ({0})', url.host),
    );
  if (signal.aborted) throw cancelled(l10n.t('the download'));
  const watch = new IdleWatch(pace.idleMs, url.host);
  const either = AbortSignal.any([signal, watch.signal]);
  try {
    const response = await hubRequest(access, address, { accept: 'application/json, */*;q=0.5' }, either);
    watch.touch();
    if (!response.ok) {
      await response.body?.cancel().catch(() => {});
      throw failureOfStatus(response, { ...asked, endpoint, withToken: token !== undefined });
    }
    if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) throw notAHub(address);
    const endless = () => new HubFailure('not-a-hub', asked.repository, l10n.t('its listing has no end'));
    const body = await readBody(response, watch, MOST_BYTES, endless);
    return new Response(body, { status: response.status, headers: response.headers });
  } catch (error) {
    throw error instanceof TypeError || either.aborted ? connectionFailure(error, address, either) : error;
  } finally {
    watch.stop();
  }
}
