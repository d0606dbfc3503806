import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatLoss, formatRate } from '../../src/common/webview/runNumbers';
import { formatText } from '../ui/formatText';
import { loadViewState, saveViewState } from '../ui/host';
import { BinTable } from './BinTable';
import { ChartCanvas } from './ChartCanvas';
import type { ChartContent } from './chartContent';
import { ChartLegend, type LegendEntry } from './ChartLegend';
import { chartLines, overlayDash } from './chartLines';
import { defaultChartSettings, toggled, windowRange, type ChartSettings } from './chartSettings';
import { ChartTabs } from './ChartTabs';
import { ChartToolbar } from './ChartToolbar';
import { pan, select, shownRange, zoom, type ChartView } from './chartView';
import { chartPng } from './exportPng';
import type { Plot } from './plot';
import { quantitiesOf } from './quantities';
import type { PartProps } from './RunPanel';
import { nearestIndex } from './stepTable';
import { timestepBins } from './timestepBins';
import { ValueTable } from './ValueTable';

/** The curves of the run. */
export function ChartSection({ page, post }: PartProps) {
  const { strings, run, table, overlay } = page;
  const [settings, setSettings] = useState(() => ({ ...defaultChartSettings, ...loadViewState({ chart: {} }).chart }));
  const [view, setView] = useState<ChartView>();
  const [hovered, setHovered] = useState<number>();
  const [cursor, setCursor] = useState<number>();
  const plot = useRef<Plot>();
  const { tab, smoothing, showRaw, isLog, hidden } = settings;
  const change = (changed: Partial<ChartSettings>) => {
    const next = { ...settings, ...changed };
    setSettings(next);
    saveViewState({ chart: next });
  };

  const { columns } = table;
  const other = overlay?.table.columns;
  const whole = { min: 1, max: Math.max(2, columns.steps.at(-1) ?? 2, other?.steps.at(-1) ?? 2) };
  const range = shownRange(view, whole);
  const versions = [table, table.version, overlay, run.concepts.length, strings];
  const quantities = useMemo(() => quantitiesOf(tab, run, columns, strings), [tab, ...versions]);
  const shown = quantities.filter(({ id }) => !hidden.includes(id));
  const drawn = useMemo(
    () => chartLines(shown, columns, other, { smoothing: tab === 'rate' ? 0 : smoothing, showRaw }),
    [tab, smoothing, showRaw, hidden, ...versions],
  );
  const window = windowRange(settings.window, range, whole.max);
  const bins = useMemo(
    () =>
      tab === 'timestep'
        ? { own: timestepBins(columns, window), other: other && timestepBins(other, window) }
        : undefined,
    [tab, window.min, window.max, ...versions],
  );
  const content = useMemo<ChartContent>(
    () =>
      bins
        ? { kind: 'bars', bins: bins.own, others: bins.other, color: '--vscode-charts-blue', isLog }
        : { kind: 'lines', ...drawn, range, isLog },
    [bins, drawn, range.min, range.max, isLog],
  );

  const at = nearestIndex(columns.steps, hovered ?? Infinity);
  const entries = legendEntries();
  useEffect(() => setHovered(undefined), [tab]);

  function legendEntries(): LegendEntry[] {
    const format = tab === 'rate' ? formatRate : formatLoss;
    const own = quantities.map(({ id, label, color, dash, values }) => {
      const value = at < 0 || bins ? '' : format(values(columns)[at]!);
      return { id, label, color, dash, value, isShown: !hidden.includes(id) };
    });
    if (!other || !overlay) return own;
    const otherAt = nearestIndex(other.steps, hovered ?? Infinity);
    const others = quantities.map(({ id, label, color, values }) => ({
      id: `${id}-other`,
      label: formatText(strings.ofRun, label, overlay.name),
      color,
      dash: overlayDash,
      value: otherAt < 0 || bins ? '' : format(values(other)[otherAt]!),
      isShown: !hidden.includes(id),
    }));
    return [...own, ...others];
  }

  function moveCursor(by: number): void {
    const from = nearestIndex(columns.steps, cursor ?? hovered ?? range.max);
    const next = columns.steps[Math.min(columns.steps.length - 1, Math.max(0, from + by))];
    if (next === undefined) return;
    setCursor(next);
    setHovered(next);
  }

  async function exportPng(): Promise<void> {
    const canvas = plot.current?.canvas;
    if (!canvas) return;
    const lines = entries.filter(({ isShown }) => isShown);
    post({ type: 'exportPng', data: await chartPng(canvas, `${run.name}: ${chartName}`, lines) });
  }

  const tabName = {
    loss: strings.lossTab,
    timestep: strings.lossTab,
    gradient: strings.gradientTab,
    rate: strings.rateTab,
  }[tab];
  const [from, to] = (bins ? [window.min, window.max] : [range.min, range.max]).map(Math.round);
  const chartName = formatText(bins ? strings.binsName : strings.chartName, tabName, from!, to!);
  const values = entries
    .filter(({ isShown, value }) => isShown && value)
    .map(({ label, value }) => `${label} ${value}`);

  return (
    <section aria-labelledby="run-charts-title">
      <h2 id="run-charts-title" class="visually-hidden">
        {strings.charts}
      </h2>
      <ChartTabs chosen={tab} strings={strings} onChoose={(next) => change({ tab: next })} />
      <div role="tabpanel" id="run-chart-panel" aria-labelledby={`tab-${tab}`}>
        {table.length === 0 && <p class="note">{strings.noSteps}</p>}
        <ChartCanvas
          content={content}
          label={chartName}
          hint={strings.chartKeys}
          cursor={cursor}
          plotRef={plot}
          onSelect={(a, b) => setView(select(a, b, whole))}
          onHover={(x) => setHovered(bins ? undefined : x)}
          onZoom={(factor, around) => !bins && setView(zoom(view, whole, factor, around))}
          onPan={(share) => setView(pan(view, whole, share))}
          onReset={() => setView(undefined)}
          onCursor={(by) => !bins && moveCursor(by)}
        />
        <p class="visually-hidden" aria-live="polite">
          {cursor !== undefined && cursor === hovered && `${formatText(strings.atStep, cursor)}: ${values.join(', ')}`}
        </p>
        {!bins && at >= 0 && <p class="note number">{formatText(strings.atStep, columns.steps[at]!)}</p>}
        <ChartLegend
          entries={entries}
          showLine={strings.showLine}
          onToggle={(id) => change({ hidden: toggled(hidden, id.replace(/-other$/, '')) })}
        />
        {bins && <p class="note">{strings.binsNote}</p>}
        <ChartToolbar
          page={page}
          post={post}
          settings={settings}
          change={change}
          isZoomed={view !== undefined}
          onReset={() => setView(undefined)}
          onExportPng={() => void exportPng()}
        />
        {bins ? <BinTable page={page} bins={bins.own} /> : <ValueTable page={page} quantities={quantities} />}
      </div>
    </section>
  );
}
