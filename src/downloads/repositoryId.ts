import { ProductError } from '../common/errors';
import { l10n } from '../translation';
import { PUBLIC_HUB } from './hubEndpoint';

/** A model repository of a hub, at a branch, tag or commit. */
export interface RepositoryChoice {
  /** `owner/name`. */
  repository: string;
  revision: string;
}

const part = /^(?!.*(?:--|\.\.))[A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9_])?$/;
const revisionForm = /^(?!.*(?:\.\.|\/\/|@\{))[A-Za-z0-9](?:[\w./+-]{0,198}[\w+-])?$/;

/** The revision that repositories are read at unless another is named. */
export const MAIN_REVISION = 'main';

/**
 * Reads what a user typed or pasted: `owner/name`, or the address of its page, with a revision where that names one.
 * @throws ProductError `bad-input` for anything else
 */
export function parseRepository(text: string, endpoint = PUBLIC_HUB): RepositoryChoice {
  const typed = text.trim();
  const path = [endpoint, PUBLIC_HUB, 'https://hf.co'].find((hub) => typed.startsWith(`${hub}/`));
  const [owner = '', name = '', kind, ...rest] = (path ? typed.slice(path.length + 1) : typed)
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .split('/');
  const hasRevision = path !== undefined && (kind === 'tree' || kind === 'blob' || kind === 'resolve');
  if (!part.test(owner) || !part.test(name) || (kind !== undefined && !hasRevision))
    throw new ProductError(
      'bad-input',
      typed,
      l10n.t('this is not the name of a repository'),
      l10n.t('Write owner/name, such as stabilityai/stable-diffusion-xl-base-1.0, or paste the address of its page'),
    );
  const revision = kind === 'tree' ? rest.join('/') : (rest[0] ?? '');
  return { repository: `${owner}/${name}`, revision: checkRevision(decodeURIComponent(revision) || MAIN_REVISION) };
}

/** @throws ProductError `bad-input` for what can be no branch, tag or commit */
export function checkRevision(text: string): string {
  const revision = text.trim();
  if (revisionForm.test(revision)) return revision;
  throw new ProductError(
    'bad-input',
    revision,
    l10n.t('this cannot be a revision'),
    l10n.t('Name a branch, tag or commit'),
  );
}
