import { l10n } from '../translation';
import { duration, gigabytes } from './amounts';
import type { Speed } from './speed';

/** How far a download is: "1.20 GB of 4.27 GB · 12 MB/s · 4 min left". */
export function progressWords(received: number, total: number, speed: Speed): string {
  const rate = speed.bytesPerSecond;
  const left = speed.secondsTo(total);
  return [
    l10n.t('{0} of {1}', gigabytes(received), gigabytes(total)),
    ...(rate === undefined ? [] : [l10n.t('{0}/s', gigabytes(rate))]),
    ...(left === undefined ? [] : [l10n.t('{0} left', duration(left))]),
  ].join(' · ');
}
