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
      'its owner grants access to people who ask for it',
      withToken
        ? `Ask for access on ${page}, then try again; the token must be allowed to read it`
        : `Ask for access on ${page}, then try again with an access token`,
    );
  if (code === 'RevisionNotFound')
    return new HubFailure(
      'missing',
      repository,
      `it has no revision ${revision}`,
      'Name a branch, tag or commit of it',
    );
  if (code === 'EntryNotFound')
    return new HubFailure('missing', repository, `it has no file ${file ?? ''} any more`, 'Start the download anew');
  // Links into a delivery network expire; the hub gives a new one.
  if (status === 403 && isElsewhere(response, endpoint))
    return new HubFailure('server', new URL(response.url).host, 'it does not accept the link any more', 'Try again');
  if (status === 401 || status === 403)
    return new HubFailure(
      'unauthorised',
      repository,
      withToken ? 'the hub does not accept the access token for it' : refusal(status),
      withToken ? 'Enter another token' : 'Check its name; a private one needs an access token',
    );
  if (status === 404 || status === 410)
    return new HubFailure(
      'missing',
      repository,
      file ? `there is no ${file}` : 'there is no such repository',
      'Check its name',
    );
  const wait = retryAfter(response.headers.get('retry-after'), Date.now());
  if (status === 407)
    return new HubFailure('offline', 'proxy', 'it wants a name and a password', 'Check the setting http.proxy');
  if (status === 429)
    return new HubFailure('busy', new URL(endpoint).host, 'it was asked too often', waitWords(wait), wait);
  if (status >= 500 || status === 408 || status === 425)
    return new HubFailure(
      'server',
      new URL(endpoint).host,
      `it has a problem of its own (${status})`,
      waitWords(wait),
      wait,
    );
  return new HubFailure(
    'not-a-hub',
    shownAddress(response.url || endpoint),
    `it answered with status ${status}`,
    'Check the address',
  );
}

/** For answers that are a success but are a page for people: a network's log-in page, or a server that is no hub. */
export function notAHub(address: string): HubFailure {
  return new HubFailure(
    'not-a-hub',
    shownAddress(address),
    'a web page came instead of the file',
    'Log in to the network if it asks for that, or check the address of the hub',
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
  return wait === undefined ? 'Try again later' : `Try again in ${Math.ceil(wait / 1000)} s`;
}
