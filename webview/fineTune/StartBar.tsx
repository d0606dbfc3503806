import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { usePage } from './page';

/** The way out of the form: *Start*, with what keeps it from starting, and the same configuration as a document. */
export function StartBar() {
  const { strings, state, post } = usePage();
  const reason = useReason();
  return (
    <div class="start-bar row">
      <Button
        id="start"
        appearance="primary"
        icon="play"
        disabled={reason !== undefined}
        hint={reason}
        onClick={() => post({ type: 'start' })}
      >
        {strings.start}
      </Button>
      <Button icon="json" onClick={() => post({ type: 'openJson' })}>
        {strings.openJson}
      </Button>
      <span class="note" role="status">
        {reason ?? strings.ready}
      </span>
    </div>
  );

  function useReason(): string | undefined {
    const { restricted, starting, check } = state;
    if (restricted) return strings.restricted;
    if (starting) return strings.starting;
    if (check.problems.length > 0) return formatText(strings.problemCount, check.problems.length);
    if (check.failure) return formatText(strings.checkFailed, check.failure);
    return check.pending && !check.resolved ? strings.checking : undefined;
  }
}
