import { ProductError, type ErrorCode } from '../common/errors';
import { l10n } from '../translation';

/** What a model hub, or the way to it, does wrong. */
export type HubFailureKind =
  | 'offline'
  | 'stalled'
  | 'cut-off'
  | 'busy'
  | 'server'
  | 'unauthorised'
  | 'gated'
  | 'missing'
  | 'redirect'
  | 'not-a-hub'
  | 'wrong-content';

const codes: Readonly<Record<HubFailureKind, ErrorCode>> = {
  offline: 'network',
  stalled: 'network',
  'cut-off': 'network',
  busy: 'network',
  server: 'network',
  unauthorised: 'bad-input',
  gated: 'bad-input',
  missing: 'not-found',
  redirect: 'network',
  'not-a-hub': 'network',
  'wrong-content': 'bad-file',
};

/** Failures that may be gone when the same is asked again. */
const passing: ReadonlySet<HubFailureKind> = new Set(['offline', 'stalled', 'cut-off', 'busy', 'server']);

/** A download or a question to a hub went wrong; `kind` says how, for those who can do something about it. */
export class HubFailure extends ProductError {
  constructor(
    readonly kind: HubFailureKind,
    where: string,
    problem: string,
    remedy = '',
    /** How long the server wants to be left alone. */
    readonly retryAfterMs?: number,
  ) {
    super(codes[kind], where, problem, remedy);
    this.name = 'HubFailure';
  }

  /** Whether trying again makes sense. */
  get passing(): boolean {
    return passing.has(this.kind);
  }
}

/** Whether an error is a hub's failure of one of these kinds. */
export function isHubFailure(error: unknown, ...kinds: HubFailureKind[]): error is HubFailure {
  return error instanceof HubFailure && (kinds.length === 0 || kinds.includes(error.kind));
}

/** An address as it may be shown and logged: signed links carry secrets in their queries. */
export function shownAddress(address: string | URL): string {
  try {
    const { protocol, host, pathname } = new URL(address);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return l10n.t('an address that cannot be read');
  }
}
