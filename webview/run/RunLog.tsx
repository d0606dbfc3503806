import type { RunLogLine } from '../../src/common/webview/run';
import { Icon } from '../ui/Icon';
import type { RunPage } from './runPage';

const icons: Record<RunLogLine['kind'], string> = {
  info: 'info',
  checkpoint: 'save',
  warning: 'warning',
  error: 'error',
};

/** What happened, newest last. */
export function RunLog({ page: { log, strings } }: { page: RunPage }) {
  return (
    <section aria-labelledby="run-log-title">
      <h2 id="run-log-title">{strings.log}</h2>
      {log.length === 0 && <p class="note">{strings.noEvents}</p>}
      <ul class="log" tabIndex={0} aria-labelledby="run-log-title">
        {log.map(({ kind, text }, i) => (
          <li key={i} class={`log-${kind}`}>
            <Icon name={icons[kind]} /> <span>{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
