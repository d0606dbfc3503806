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
  switch (message.type) {
    case 'steps':
      page.table.append(message.steps);
      return { ...page };
    case 'run':
      return { ...page, run: message.run };
    case 'samples':
      return { ...page, samples: message.samples };
    case 'log':
      return { ...page, log: message.log };
    case 'others':
      return { ...page, others: message.others };
    case 'overlay':
      return { ...page, overlay: overlayOf(message.overlay) };
  }
}

function tableOf(steps: Parameters<StepTable['append']>[0]): StepTable {
  const table = new StepTable();
  table.append(steps);
  return table;
}

function overlayOf(overlay: OverlayView | null): RunPage['overlay'] {
  return overlay && { id: overlay.id, name: overlay.name, table: tableOf(overlay.steps) };
}
