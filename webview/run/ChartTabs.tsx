import type { runStrings } from '../../src/common/webview/runStrings';
import type { ChartTab } from './quantities';

const tabs: { tab: ChartTab; text: 'lossTab' | 'timestepTab' | 'gradientTab' | 'rateTab' }[] = [
  { tab: 'loss', text: 'lossTab' },
  { tab: 'timestep', text: 'timestepTab' },
  { tab: 'gradient', text: 'gradientTab' },
  { tab: 'rate', text: 'rateTab' },
];

/** The pages of the charts, one tab stop, arrows between them. */
export function ChartTabs({
  chosen,
  strings,
  onChoose,
}: {
  chosen: ChartTab;
  strings: typeof runStrings;
  onChoose: (tab: ChartTab) => void;
}) {
  const moveFocus = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ tab }) => tab === chosen);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const { tab } = tabs[(next + tabs.length) % tabs.length]!;
    onChoose(tab);
    document.getElementById(`tab-${tab}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={strings.charts} onKeyDown={moveFocus}>
      {tabs.map(({ tab, text }) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          role="tab"
          aria-selected={tab === chosen}
          aria-controls="run-chart-panel"
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {strings[text]}
        </button>
      ))}
    </div>
  );
}
