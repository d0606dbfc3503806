import { l10n } from '../translation';
import { isLocalHost } from './localHost';

/** How many redirects are followed before it counts as a loop. */
export const MOST_REDIRECTS = 8;

/**
 * Why a redirect is not followed; undefined when it may be. Hubs send large files to delivery networks, so other hosts are
 * fine, but no server on the internet may make this machine talk to itself, its own network, or in the clear.
 */
export function redirectProblem(to: URL, endpoint: URL): string | undefined {
  const local = isLocalHost(endpoint.hostname);
  if (
    to.protocol !== 'https:' &&
    !(to.protocol === 'http:' && endpoint.protocol === 'http:' && isLocalHost(to.hostname))
  )
    return l10n.t('it leads to a {0} address, which is not followed', to.protocol.replace(':', ''));
  if (isLocalHost(to.hostname) && !local && to.hostname !== endpoint.hostname)
    return l10n.t('it leads into the local network, which is not followed');
  if (to.username || to.password) return l10n.t('it leads to an address with a password in it, which is not followed');
  return undefined;
}
