import { runButtons, type RunButton, type RunRequest } from '../../src/common/webview/runControls';
import { Button } from '../ui/Button';
import type { PartProps } from './RunPanel';

const icons: Record<RunRequest, string> = {
  pause: 'debug-pause',
  stop: 'debug-stop',
  stopNow: 'close',
  resume: 'debug-continue',
  stepDown: 'arrow-down',
  resumeOnCpu: 'server-process',
  discard: 'trash',
};

/** What can be done with the run. */
export function RunActions({ page: { run, strings }, post }: PartProps) {
  const { controls } = run;
  const buttons = runButtons(controls);
  // The way out of a failure comes before a plain resume.
  const first = buttons.find(({ request }) => ['stepDown', 'resumeOnCpu', 'resume'].includes(request))?.request;
  const button = ({ request, enabled, busy }: RunButton) => (
    <Button
      key={request}
      id={`run-${request}`}
      appearance={request === first ? 'primary' : 'secondary'}
      icon={busy ? 'loading' : icons[request]}
      hint={strings[`${request}Hint`]}
      disabled={!enabled}
      onClick={() => post({ type: 'ask', request })}
    >
      {strings[request]}
    </Button>
  );
  return (
    <div class="row actions" role="toolbar" aria-label={run.name}>
      {buttons.filter(({ request }) => request !== 'discard').map(button)}
      {controls.hasDelta && (
        <Button
          id="run-generate"
          appearance={controls.state === 'finished' ? 'primary' : 'secondary'}
          icon="play"
          disabled={!controls.mayStart}
          onClick={() => post({ type: 'open', what: 'generate' })}
        >
          {strings.generate}
        </Button>
      )}
      <Button icon="copy" disabled={!controls.mayStart} onClick={() => post({ type: 'open', what: 'duplicate' })}>
        {strings.duplicate}
      </Button>
      <Button icon="folder-opened" onClick={() => post({ type: 'open', what: 'folder' })}>
        {strings.openFolder}
      </Button>
      <Button icon="json" onClick={() => post({ type: 'open', what: 'config' })}>
        {strings.openConfig}
      </Button>
      {buttons.filter(({ request }) => request === 'discard').map(button)}
    </div>
  );
}
