import type { DeviceProbe } from '../../src/common/protocol/device';
import type { DevicesState, DevicesToHost } from '../../src/common/webview/devices';
import { gigabytes } from '../../src/common/webview/devicesReport';
import type { DevicesStrings } from '../../src/common/webview/devicesStrings';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { Icon } from '../ui/Icon';
import { ProgressBar } from '../ui/ProgressBar';

/** What the page is made from. */
export interface DevicesPageProps {
  strings: DevicesStrings;
  state: DevicesState;
  post: (message: DevicesToHost) => void;
}

/** What graphs can run on, why or why not, and the versions of everything involved. */
export function DevicesPage({ strings, state, post }: DevicesPageProps) {
  const { status, probes, problem } = state;
  const cuda = probes.find(({ name }) => name === 'cuda');
  return (
    <>
      <h1>{strings.title}</h1>
      <p class="note">{strings.intro}</p>
      <div class="row">
        <Button
          appearance="primary"
          icon="refresh"
          disabled={status === 'probing' || status === 'untrusted'}
          onClick={() => post({ type: 'probe' })}
        >
          {strings.probeAgain}
        </Button>
        <Button icon="copy" onClick={() => post({ type: 'copy' })}>
          {strings.copy}
        </Button>
        <Button icon="output" onClick={() => post({ type: 'showLog' })}>
          {strings.showLog}
        </Button>
      </div>
      {status === 'untrusted' && (
        <div class="row status" role="status">
          <span>{strings.untrusted}</span>
          <Button onClick={() => post({ type: 'manageTrust' })}>{strings.manageTrust}</Button>
        </div>
      )}
      {status === 'probing' && (
        <div class="status" role="status">
          <p>{strings.probing}</p>
          <ProgressBar label={strings.probing} />
        </div>
      )}
      {status === 'failed' && (
        <div class="status problem" role="alert">
          <p>{strings.failed}</p>
          <p>{problem}</p>
        </div>
      )}
      {cuda && (
        <p class="status" role="status">
          {cuda.usable ? strings.cudaUsed : formatText(strings.cudaNotUsed, cuda.detail)} {strings.trainsOn}
        </p>
      )}
      {probes.map((probe) => (
        <Probe key={probe.name} strings={strings} probe={probe} post={post} />
      ))}
      <Versions strings={strings} state={state} />
    </>
  );
}

function Probe({ strings, probe, post }: Pick<DevicesPageProps, 'strings' | 'post'> & { probe: DeviceProbe }) {
  const { name, usable, detail, error, remedy, installable, milliseconds } = probe;
  return (
    <section class="device card" aria-labelledby={`device-${name}`}>
      <h2 id={`device-${name}`}>
        {strings[name]}
        <span class={usable ? 'verdict usable' : 'verdict'}>
          <Icon name={usable ? 'pass-filled' : 'circle-slash'} /> {usable ? strings.usable : strings.notUsable}
        </span>
      </h2>
      <p>{detail}</p>
      {remedy && (
        <p>
          <strong>{strings.remedy}:</strong> {remedy}
        </p>
      )}
      {installable && (
        <Button icon="desktop-download" onClick={() => post({ type: 'installCuda' })}>
          {strings.installCuda}
        </Button>
      )}
      {error && (
        <details>
          <summary>{strings.rawError}</summary>
          <pre tabIndex={0}>{error}</pre>
        </details>
      )}
      <p class="note number">{formatText(strings.took, milliseconds)}</p>
    </section>
  );
}

function Versions({ strings, state: { runtime, surroundings } }: Pick<DevicesPageProps, 'strings' | 'state'>) {
  const { editor, extension, system, memory } = surroundings;
  const entries: [string, string][] = [
    [strings.extension, extension],
    [strings.editor, editor],
    ...(runtime
      ? ([
          [strings.engine, runtime.toolVersion],
          [strings.onnxRuntime, runtime.onnxRuntimeVersion],
          [strings.node, runtime.nodeVersion],
          [strings.platform, runtime.platform],
        ] as [string, string][])
      : []),
    [strings.system, system],
    [strings.memory, formatText(strings.memoryValue, gigabytes(memory.total), gigabytes(memory.free))],
  ];
  return (
    <>
      <h2>{strings.versions}</h2>
      <dl class="versions">
        {entries.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
