import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Checkbox';
import { Dropdown } from '../ui/Dropdown';
import { formatText } from '../ui/formatText';
import { Slider } from '../ui/Slider';
import type { ChartSettings } from './chartSettings';
import type { PartProps } from './RunPanel';

/** How the chart is drawn, what lies over it, and where it can go. */
export interface ChartToolbarProps extends PartProps {
  settings: ChartSettings;
  change: (settings: Partial<ChartSettings>) => void;
  isZoomed: boolean;
  onReset: () => void;
  onExportPng: () => void;
}

/** See {@link ChartToolbarProps}. */
export function ChartToolbar(props: ChartToolbarProps) {
  const { page, post, settings, change, isZoomed, onReset, onExportPng } = props;
  const { strings, others, overlay, table } = page;
  const { tab, smoothing, showRaw, isLog } = settings;
  const isSmoothed = tab === 'loss' || tab === 'gradient';
  return (
    <div class="chart-tools">
      {isSmoothed && (
        <div class="field smoothing">
          <span aria-hidden="true">
            {strings.smoothing} <span class="number">{smoothing.toFixed(3)}</span>
          </span>
          <Slider
            label={strings.smoothing}
            min={0}
            max={0.998}
            step={0.002}
            value={smoothing}
            onInput={(value) => change({ smoothing: value })}
          />
        </div>
      )}
      {tab === 'timestep' && <WindowChoice {...props} />}
      {others.length > 0 && (
        <Dropdown
          label={strings.compareWith}
          value={overlay?.id ?? ''}
          options={[
            { value: '', label: strings.noOther },
            ...others.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(run) => post({ type: 'overlay', run: run || null })}
        />
      )}
      <div class="row">
        <Checkbox label={strings.logScale} checked={isLog} onChange={(on) => change({ isLog: on })} />
        {isSmoothed && <Checkbox label={strings.raw} checked={showRaw} onChange={(on) => change({ showRaw: on })} />}
      </div>
      <div class="row">
        <Button icon="zoom-out" disabled={!isZoomed} onClick={onReset}>
          {strings.wholeRun}
        </Button>
        <Button icon="export" disabled={table.length === 0} onClick={() => post({ type: 'exportCsv' })}>
          {strings.exportCsv}
        </Button>
        <Button icon="file-media" disabled={table.length === 0} onClick={onExportPng}>
          {strings.exportPng}
        </Button>
      </div>
    </div>
  );
}

function WindowChoice({ page: { strings }, settings, change }: ChartToolbarProps) {
  const windows: { value: ChartSettings['window']; label: string }[] = [
    { value: 'all', label: strings.stepsAll },
    { value: '100', label: formatText(strings.stepsLast, 100) },
    { value: '1000', label: formatText(strings.stepsLast, 1000) },
    { value: 'zoomed', label: strings.stepsZoomed },
  ];
  return (
    <Dropdown
      label={strings.stepsShown}
      value={settings.window}
      options={windows}
      onChange={(value) => change({ window: windows.find((w) => w.value === value)?.value ?? 'all' })}
    />
  );
}
