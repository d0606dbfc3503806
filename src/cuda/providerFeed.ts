import * as z from 'zod';
import { ProductError } from '../common/errors';
import { HubFailure, shownAddress } from '../downloads/hubFailure';
import { connectionFailure, hubRequest, type HubAccess } from '../downloads/hubRequest';
import { failureOfStatus, notAHub } from '../downloads/hubStatus';
import { IdleWatch } from '../downloads/idleWatch';
import { isLocalHost } from '../downloads/localHost';
import type { PlannedFile } from '../downloads/plan';
import { readBody } from '../downloads/readBody';
import { redirectProblem } from '../downloads/redirects';
import { withRetries } from '../downloads/retries';
import { l10n } from '../translation';
import { cancelled } from '../worker/errors';

/** The NuGet package that ONNX Runtime's npm package takes its libraries for CUDA from. */
export const PROVIDER_PACKAGE = 'Microsoft.ML.OnnxRuntime.Gpu.Linux';

/** Where that package is looked for unless the settings say otherwise. */
export const PUBLIC_FEED = 'https://api.nuget.org/v3/index.json';

/**
 * The address of the feed: the setting, or the public one.
 * @throws ProductError `bad-config` for anything but https (http for this machine only)
 */
export function feedAddress(setting: string): string {
  const written = setting.trim() || PUBLIC_FEED;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url && !url.username && (url.protocol === 'https:' || (url.protocol === 'http:' && isLocalHost(url.hostname))))
    return url.href;
  throw new ProductError(
    'bad-config',
    'customDiffusion.cuda.packageFeed',
    l10n.t('this is not the address of a feed'),
    l10n.t('Write one such as {0}', PUBLIC_FEED),
  );
}

/** A package as its feed describes it. */
export interface ProviderPackage {
  version: string;
  address: string;
  /** Name, size and checksum. */
  file: PlannedFile;
}

/** Feeds are small; a page that does not end is none. */
const MOST_BYTES = 4e6;

const serviceIndex = z.object({ resources: z.array(z.object({ '@id': z.url(), '@type': z.string() })) });
const registration = z.object({ catalogEntry: z.url(), packageContent: z.url() });
const catalogEntry = z.object({
  id: z.string(),
  version: z.string(),
  packageHash: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
  packageHashAlgorithm: z.literal('SHA512'),
  packageSize: z.int().min(1).max(8e9),
});

/**
 * Asks a NuGet feed (protocol version 3) for the package of a version of ONNX Runtime.
 * @param access its endpoint is the address of the feed's index
 * @throws HubFailure; `cancelled`
 */
export async function lookUpProvider(
  access: HubAccess,
  version: string,
  signal: AbortSignal,
): Promise<ProviderPackage> {
  const ask = <T>(address: string, schema: z.ZodType<T>) =>
    withRetries(access.pace, signal, () => askFeed(access, address, schema, signal));
  const { resources } = await ask(access.endpoint, serviceIndex);
  const base = resources.find(({ '@type': type }) => /^RegistrationsBaseUrl(\/3\.6\.0)?$/.test(type))?.['@id'];
  if (base === undefined) throw notAFeed(access.endpoint);
  const leaf = `${base.replace(/\/?$/, '/')}${PROVIDER_PACKAGE.toLowerCase()}/${version}.json`;
  const { catalogEntry: entryAddress, packageContent } = await ask(leaf, registration);
  const entry = await ask(entryAddress, catalogEntry);
  if (entry.id.toLowerCase() !== PROVIDER_PACKAGE.toLowerCase() || entry.version !== version)
    throw notAFeed(entryAddress);
  const value = Buffer.from(entry.packageHash, 'base64').toString('hex');
  return {
    version,
    address: allowed(packageContent, access),
    file: {
      path: `${PROVIDER_PACKAGE}.${version}.nupkg`,
      size: entry.packageSize,
      digest: { algorithm: 'sha512', value },
    },
  };
}

/** What a feed's answer that is no success means. */
export function feedFailure(response: Response, { endpoint }: HubAccess, version: string): HubFailure {
  if (response.status === 404 || response.status === 410)
    return new HubFailure(
      'missing',
      new URL(endpoint).host,
      l10n.t('it has no {0} {1}', PROVIDER_PACKAGE, version),
      l10n.t('Get the package elsewhere and choose its file, or name another feed in customDiffusion.cuda.packageFeed'),
    );
  return failureOfStatus(response, { repository: PROVIDER_PACKAGE, revision: version, withToken: false, endpoint });
}

async function askFeed<T>(access: HubAccess, address: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw cancelled(l10n.t('the download'));
  const watch = new IdleWatch(access.pace.idleMs, new URL(access.endpoint).host);
  const either = AbortSignal.any([signal, watch.signal]);
  try {
    const response = await hubRequest(access, allowed(address, access), { accept: 'application/json' }, either);
    if (!response.ok) {
      await response.body?.cancel().catch(() => {});
      throw feedFailure(response, access, /([\d.]+)\.json$/.exec(address)?.[1] ?? '');
    }
    if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) throw notAHub(address);
    const body = await readBody(response, watch, MOST_BYTES, () => notAFeed(response.url));
    return understand(body.toString('utf8'), schema, address);
  } catch (error) {
    throw error instanceof TypeError || either.aborted ? connectionFailure(error, address, either) : error;
  } finally {
    watch.stop();
  }
}

function understand<T>(text: string, schema: z.ZodType<T>, address: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw notAFeed(address);
  }
}

/** Addresses that a feed names are followed like redirects: never in the clear, never into the local network. */
function allowed(address: string, { endpoint }: HubAccess): string {
  const problem = address === endpoint ? undefined : redirectProblem(new URL(address), new URL(endpoint));
  if (problem) throw new HubFailure('redirect', shownAddress(endpoint), problem);
  return address;
}

function notAFeed(address: string): HubFailure {
  return new HubFailure(
    'not-a-hub',
    shownAddress(address),
    l10n.t('it does not answer as a NuGet feed with checksums does'),
    l10n.t('Check customDiffusion.cuda.packageFeed, or get the package elsewhere and choose its file'),
  );
}
