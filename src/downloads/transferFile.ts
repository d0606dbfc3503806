import { cancelled } from '../worker/errors';
import { l10n } from '../translation';
import { HubFailure } from './hubFailure';
import { connectionFailure, hubRequest, type HubAccess } from './hubRequest';
import { notAHub } from './hubStatus';
import { IdleWatch } from './idleWatch';
import { PartFile, removePart } from './partFile';
import type { PlannedFile } from './plan';
import { Retries } from './retries';

/** One file on its way. */
export interface Transfer {
  access: HubAccess;
  address: string;
  /** What an answer that is no success means. */
  failure(response: Response): HubFailure;
  file: PlannedFile;
  /** Where it goes. */
  target: string;
  signal: AbortSignal;
  /** Says how many bytes of the file are here. */
  onBytes(received: number): void;
}

/** A file whose content is wrong is fetched once more. */
const MOST_FETCHES = 2;

/**
 * Fetches one file: what is there already is kept, the rest is asked for by range, and the content is checked before the file
 * gets its name. The hub's own client is not used for this: it neither resumes a file nor checks what came.
 * @throws HubFailure after the attempts of the pace; ProductError `disk-full`, `cancelled`. The partial file stays, unless it was wrong.
 */
export async function transferFile(transfer: Transfer): Promise<void> {
  const { file, target } = transfer;
  for (let fetched = 1; ; fetched++) {
    const part = await PartFile.open(target, file);
    let done = false;
    try {
      await fillWithRetries(transfer, part);
      done = part.matches();
      if (done) await part.finish();
    } finally {
      if (!done) await part.close();
    }
    if (done) return;
    await removePart(target);
    transfer.onBytes(0);
    if (fetched === MOST_FETCHES)
      throw new HubFailure(
        'wrong-content',
        file.path,
        l10n.t('its content is not what the repository says, twice in a row; it was deleted'),
        l10n.t('Try again later, or use another address of the hub'),
      );
  }
}

async function fillWithRetries(transfer: Transfer, part: PartFile): Promise<void> {
  const retries = new Retries(transfer.access.pace, transfer.signal);
  while (part.length < transfer.file.size) {
    const before = part.length;
    try {
      await fill(transfer, part);
    } catch (error) {
      if (part.length > before) retries.progress();
      await retries.after(error);
    }
  }
}

/** One request and what comes of it. */
async function fill(transfer: Transfer, part: PartFile): Promise<void> {
  const { access, address, signal } = transfer;
  const watch = new IdleWatch(access.pace.idleMs, new URL(access.endpoint).host);
  const either = AbortSignal.any([signal, watch.signal]);
  try {
    if (signal.aborted) throw cancelled(l10n.t('the download'));
    const response = await hubRequest(access, address, rangeHeaders(part), either);
    watch.touch();
    try {
      if (await accept(transfer, part, response)) await readBody(transfer, part, response, watch);
    } catch (error) {
      // Not before the body is let go of is the connection free, or closed.
      await response.body?.cancel().catch(() => {});
      throw error instanceof TypeError || either.aborted ? connectionFailure(error, address, either) : error;
    }
  } finally {
    watch.stop();
  }
}

function rangeHeaders(part: PartFile): Record<string, string> {
  return {
    // Ranges count bytes as they are sent, so they must be sent as they are.
    'accept-encoding': 'identity',
    ...(part.length > 0 ? { range: `bytes=${part.length}-` } : {}),
    ...(part.length > 0 && part.validator !== undefined ? { 'if-range': part.validator } : {}),
  };
}

/** Looks whether the answer goes on where the part ends; false when there is nothing to read, and the part starts anew. */
async function accept(transfer: Transfer, part: PartFile, response: Response): Promise<boolean> {
  const { access, file } = transfer;
  const validator = strongValidator(response);
  if (response.status === 416 && part.length > 0) return startAnew(part, response);
  if (!response.ok) throw transfer.failure(response);
  if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) throw notAHub(response.url || access.endpoint);
  if (response.status === 206) {
    const changed = part.validator !== undefined && validator !== undefined && validator !== part.validator;
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    if (changed || Number(range?.[1]) !== part.length) return startAnew(part, response);
    checkSize(file, range?.[2] === '*' ? undefined : Number(range?.[2]));
  } else {
    // The server does not do ranges, or the file is another now: this is all of it.
    if (part.length > 0) await part.reset();
    checkSize(file, lengthOf(response));
  }
  await part.remember(validator);
  return true;
}

async function startAnew(part: PartFile, response: Response): Promise<false> {
  await response.body?.cancel().catch(() => {});
  if (part.length === 0)
    throw new HubFailure('not-a-hub', response.url, l10n.t('it sent another part than was asked for'));
  await part.reset();
  return false;
}

async function readBody(
  { file, onBytes, signal }: Transfer,
  part: PartFile,
  response: Response,
  watch: IdleWatch,
): Promise<void> {
  onBytes(part.length);
  for await (const chunk of response.body ?? []) {
    watch.touch();
    const bytes = chunk as Uint8Array;
    if (part.length + bytes.length > file.size) throw await tooLong(file, part);
    await part.append(bytes);
    onBytes(part.length);
    if (signal.aborted) throw cancelled(l10n.t('the download'));
  }
  if (part.length < file.size)
    throw new HubFailure(
      'cut-off',
      file.path,
      l10n.t('only {0} of {1} bytes came', part.length, file.size),
      l10n.t('Resume the download'),
    );
}

function checkSize(file: PlannedFile, offered: number | undefined): void {
  if (offered === undefined || offered === file.size) return;
  throw new HubFailure(
    'wrong-content',
    file.path,
    l10n.t('the server has a file of {0} bytes, the repository says {1}', offered, file.size),
    l10n.t('Try again later, or use another address of the hub'),
  );
}

async function tooLong(file: PlannedFile, part: PartFile): Promise<HubFailure> {
  await part.reset();
  return new HubFailure(
    'wrong-content',
    file.path,
    l10n.t('more than its {0} bytes came; it was deleted', file.size),
    l10n.t('Try again later'),
  );
}

function lengthOf(response: Response): number | undefined {
  const encoded = response.headers.get('content-encoding') ?? 'identity';
  const length = response.headers.get('content-length');
  return length === null || encoded !== 'identity' ? undefined : Number(length);
}

/** Only strong validators may be used for ranges. */
function strongValidator(response: Response): string | undefined {
  const etag = response.headers.get('etag');
  return etag !== null && /^"[^"]+"$/.test(etag) ? etag : undefined;
}

/** Where a hub keeps a file of a repository. */
export function fileAddress(endpoint: string, repository: string, commit: string, path: string): string {
  return `${endpoint}/${repository}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}
