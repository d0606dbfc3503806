import * as z from 'zod';
import { l10n } from '../translation';

/** Under what terms a repository may be used. */
export interface RepositoryLicence {
  /** As the hub calls it, or "not stated". */
  name: string;
  /** Where to read it. */
  link: string;
  /** Whether it asks nothing of those who use the model but to keep the notice. */
  free: boolean;
}

const free = /^(apache-2\.0|mit|bsd(-[23]-clause.*)?|isc|cc0-1\.0|unlicense|wtfpl|zlib|cc-by-4\.0)$/;

/** Names that say more than their short forms on the hub. */
const titles: Readonly<Record<string, string>> = {
  'creativeml-openrail-m': 'CreativeML Open RAIL-M',
  'openrail++': 'CreativeML Open RAIL++-M',
  openrail: 'OpenRAIL',
  'apache-2.0': 'Apache 2.0',
  mit: 'MIT',
};

const text = z.string().trim().min(1).max(200).optional().catch(undefined);
const card = z.object({
  license: z
    .union([z.string(), z.array(z.string()).transform(([first]) => first)])
    .optional()
    .catch(undefined),
  license_name: text,
  license_link: text,
});

/** Reads the licence from a model card's data; `page` is the repository's page, `files` what lies in it. */
export function repositoryLicence(cardData: unknown, page: string, files: readonly string[]): RepositoryLicence {
  const { license, license_name: ownName, license_link: ownLink } = card.safeParse(cardData).data ?? {};
  const id = license?.trim().toLowerCase() ?? '';
  const name = (id === 'other' ? ownName : titles[id]) ?? (id && id !== 'unknown' ? id : l10n.t('not stated'));
  const inside = files.find((file) => /^licen[cs]e(\.(md|txt))?$/i.test(file));
  const linked = ownLink && /^https:\/\//.test(ownLink) ? ownLink : undefined;
  const link = linked ?? (inside ? `${page}/blob/main/${encodeURIComponent(inside)}` : page);
  return { name, link, free: free.test(id) };
}
