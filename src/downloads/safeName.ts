import { l10n } from '../translation';
import { HubFailure } from './hubFailure';

/** Names that Windows keeps for devices. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const segment = /^[A-Za-z0-9_][\w.+-]{0,150}$/;

/** Whether a path of a server's listing may become a path below a folder of ours, on every system. */
export function isSafeName(path: string): boolean {
  const parts = path.split('/');
  return parts.length <= 4 && parts.every((part) => segment.test(part) && !part.endsWith('.') && !reserved.test(part));
}

/** Whether a path tries to lead out of its folder; no hub lists such a thing by accident. */
export function isHostileName(path: string): boolean {
  return /^[\\/]|^[A-Za-z]:|\0|(^|[\\/])\.\.([\\/]|$)/.test(path);
}

/** @throws HubFailure `not-a-hub` when a listing holds a path that leads out of its folder */
export function refuseHostileNames(repository: string, paths: readonly string[]): void {
  const hostile = paths.find(isHostileName);
  if (hostile === undefined) return;
  const shown = JSON.stringify(hostile.slice(0, 80));
  throw new HubFailure(
    'not-a-hub',
    repository,
    l10n.t('it lists a file that leads out of its folder ({0})', shown),
    l10n.t('Do not use it'),
  );
}
