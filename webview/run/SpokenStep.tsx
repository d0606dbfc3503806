import { useRef, useState, useEffect } from 'preact/hooks';
import { formatLoss } from '../../src/common/webview/runNumbers';
import { formatText } from '../ui/formatText';
import { Announcer } from './announcer';
import type { RunPage } from './runPage';

/** Reads the newest step aloud to screen readers, at most every ten seconds. */
export function SpokenStep({ page: { run, strings, table } }: { page: RunPage }) {
  const announcer = useRef(new Announcer());
  const [spoken, setSpoken] = useState('');
  const { version } = table;
  useEffect(() => {
    if (table.length === 0 || run.controls.state !== 'training') return;
    const { steps, loss } = table.columns;
    const text = formatText(strings.announcement, steps.at(-1)!, formatLoss(loss.at(-1)));
    const next = announcer.current.next(text, Date.now());
    if (next) setSpoken(next);
  }, [version]);
  return (
    <p class="visually-hidden" role="status" aria-live="polite" id="run-spoken">
      {spoken}
    </p>
  );
}
