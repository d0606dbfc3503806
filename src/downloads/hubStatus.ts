import { l10n } from '../translation';
import { HubFailure, shownAddress } from './hubFailure';
import { retryAfter } from './retries';

/** What was asked for, in the words of messages. */
export interface AskedFor {
  repository: string;
  revision: string;
  /** The file in it, if it was one. */
  file?: string;
  /** Whether a token went along. */
  withToken: boolean;
  /** The hub's address; repositories have their pages under it. */
  endpoint: string;
}

/** What an answer that is no success means. The hub's own codes (`X-Error-Code`) tell more than the status. */
export function failureOfStatus(response: Response, asked: AskedFor): HubFailure {
  const { repository, revision, file, withToken, endpoint } = asked;
  const { status } = response;
  const page = `${endpoint}/${repository}`;
  const code = response.headers.get('x-error-code');
  if (code === 'GatedRepo')
    return new HubFailure(
      'gated',
      repository,
      l10n.t('its owner grants access to people who ask for it'),
      withToken
        ? l10n.t('Ask for access on {0}, then try again; the token must be allowed to read it', page)
        : l10n.t('Ask for access on {0}, then try again with an access token', page),
    );
  if (code === 'RevisionNotFound')
    return new HubFailure(
      'missing',
      repository,
      l10n.t('it has no revision {0}', revision),
      l10n.t('Name a branch, tag or commit of it'),
    );
  if (code === 'EntryNotFound')
    return new HubFailure(
      'missing',
      repository,
      l10n.t('it has no file {0} any more', file ?? ''),
      l10n.t('Start the download anew'),
    );
  // Links into a delivery network expire; the hub gives a new one.
  if (status === 403 && isElsewhere(response, endpoint))
    return new HubFailure(
      'server',
      new URL(response.url).host,
      l10n.t('it does not accept the link any more'),
      l10n.t('Try again'),
    );
  if (status === 401 || status === 403)
    return new HubFailure(
      'unauthorised',
      repository,
      withToken ? l10n.t('the hub does not accept the access token for it') : refusal(status),
      withToken ? l10n.t('Enter another token') : l10n.t('Check its name; a private one needs an access token'),
    );
  if (status === 404 || status === 410)
    return new HubFailure(
      'missing',
      repository,
      file ? l10n.t('there is no {0}', file) : l10n.t('there is no such repository'),
      l10n.t('Check its name'),
    );
  const wait = retryAfter(response.headers.get('retry-after'), Date.now());
  if (status === 407)
    return new HubFailure(
      'offline',
      'proxy',
      l10n.t('it wants a name and a password'),
      l10n.t('Check the setting http.proxy'),
    );
  if (status === 429)
    return new HubFailure('busy', new URL(endpoint).host, l10n.t('it was asked too often'), waitWords(wait), wait);
  if (status >= 500 || status === 408 || status === 425)
    return new HubFailure(
      'server',
      new URL(endpoint).host,
      l10n.t('it has a problem of its own ({0})', status),
      waitWords(wait),
      wait,
    );
  return new HubFailure(
    'not-a-hub',
    shownAddress(response.url || endpoint),
    l10n.t('it answered with status {0}', status),
    l10n.t('Check the address'),
  );
}

/** For answers that are a success but are a page for people: a network's log-in page, or a server that is no hub. */
export function notAHub(address: string): HubFailure {
  return new HubFailure(
    'not-a-hub',
    shownAddress(address),
    l10n.t('a web page came instead of the file'),
    l10n.t('Log in to the network if it asks for that, or check the address of the hub'),
  );
}

function isElsewhere(response: Response, endpoint: string): boolean {
  return response.url !== '' && new URL(response.url).origin !== new URL(endpoint).origin;
}

/** The hub says the same of repositories that are private and of those that are not there. */
function refusal(status: number): string {
  return status === 401
    ? 'there is no such public repository'
    : 'the hub, or the network on the way to it, refuses access';
}

function waitWords(wait: number | undefined): string {
  return wait === undefined ? l10n.t('Try again later') : l10n.t('Try again in {0} s', Math.ceil(wait / 1000));
}
