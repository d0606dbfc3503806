import type { OtherRun, OverlayView, RunFromHost, RunLogLine, RunView, SampleView } from '../../src/common/webview/run';
import type { runStrings } from '../../src/common/webview/runStrings';
import { StepTable } from './stepTable';

/** What the host has told so far. */
export interface RunPage {
  strings: typeof runStrings;
  run: RunView;
  table: StepTable;
  samples: SampleView[];
  log: RunLogLine[];
  others: OtherRun[];
  overlay: (Omit<OverlayView, 'steps'> & { table: StepTable }) | null;
}

/** The page after a message; a message that comes before the whole state is passed over. */
export function nextPage(page: RunPage | undefined, message: RunFromHost): RunPage | undefined {
  if (message.type === 'state') {
    const { strings, run, samples, log, others } = message;
    return { strings, run, samples, log, others, table: tableOf(message.steps), overlay: overlayOf(message.overlay) };
  }
  if (!page) return page;
  const { type: _, steps, overlay, ...changed } = message;
  if (steps) page.table.append(steps);
  return { ...page, ...changed, ...(overlay !== undefined && { overlay: overlayOf(overlay) }) };
}

function tableOf(steps: Parameters<StepTable['append']>[0]): StepTable {
  const table = new StepTable();
  table.append(steps);
  return table;
}

function overlayOf(overlay: OverlayView | null): RunPage['overlay'] {
  return overlay && { id: overlay.id, name: overlay.name, table: tableOf(overlay.steps) };
}
