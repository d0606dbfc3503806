import { ProductError } from '../common/errors';
import { l10n } from '../translation';
import { isLocalHost } from './localHost';

/** The hub that is asked unless a setting or `HF_ENDPOINT` names another. */
export const PUBLIC_HUB = 'https://huggingface.co';

/**
 * The address of the hub, without a slash at its end: the setting, else the environment's `HF_ENDPOINT`, else the public one.
 * @throws ProductError `bad-config` for anything but https (http for this machine only), and for addresses with a password in them
 */
export function hubEndpoint(setting: string, environment: string | undefined): string {
  const written = setting.trim() || environment?.trim() || PUBLIC_HUB;
  const where = setting.trim() ? 'customDiffusion.models.hubEndpoint' : 'HF_ENDPOINT';
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url)
    throw new ProductError(
      'bad-config',
      where,
      l10n.t('this is not an address'),
      l10n.t('Write one such as {0}', PUBLIC_HUB),
    );
  // A token would travel in the clear.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocalHost(url.hostname)))
    throw new ProductError(
      'bad-config',
      where,
      l10n.t('the address of a hub must start with https://'),
      l10n.t('Change it'),
    );
  if (url.username || url.password || url.search || url.hash)
    throw new ProductError(
      'bad-config',
      where,
      l10n.t('the address of a hub must hold no password, query or fragment'),
      l10n.t('Leave it out; access tokens are asked for and kept in the secret storage'),
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
