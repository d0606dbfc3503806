import type { DatasetState, FineTuneFromHost, FineTuneState, ViewData } from '../../src/common/webview/fineTune';
import { withEdit, type FieldEdit } from '../../src/common/webview/fineTuneDraft';
import type { FineTuneStrings } from '../../src/common/webview/fineTuneStrings';

/** The open preview of one picture's augmentation. */
export interface ViewsState {
  file: string;
  /** Number of the first draw that is shown. */
  first: number;
  reading: boolean;
  views: ViewData[];
  problem?: string;
}

/** What the page shows. The host's state, with the user's edits in it before the host has confirmed them. */
export interface PageState {
  strings?: FineTuneStrings;
  data?: FineTuneState;
  /** By concept. */
  views: Readonly<Record<number, ViewsState>>;
}

/** What changes the page: the host's messages, and what the user does here. */
export type PageAction =
  | FineTuneFromHost
  | { type: 'edited'; edits: readonly FieldEdit[] }
  | { type: 'viewsAsked'; concept: number; file: string; first: number }
  | { type: 'viewsClosed'; concept: number };

/** The page after an action. */
export function reduce(state: PageState, action: PageAction): PageState {
  const { data, views } = state;
  switch (action.type) {
    case 'state':
      return { ...state, strings: action.strings, data: action.state };
    case 'update': {
      if (!data) return state;
      const sameConcepts =
        action.change.datasets === undefined || action.change.datasets.length === data.datasets.length;
      return { ...state, data: { ...data, ...action.change }, views: sameConcepts ? views : {} };
    }
    case 'dataset':
      return data ? { ...state, data: { ...data, datasets: withDataset(data.datasets, action) } } : state;
    case 'edited':
      return data ? { ...state, data: { ...data, config: action.edits.reduce(withEdit, data.config) } } : state;
    case 'viewsAsked': {
      const { concept, file, first } = action;
      const before = views[concept]?.file === file ? views[concept].views : [];
      return { ...state, views: { ...views, [concept]: { file, first, reading: true, views: before } } };
    }
    case 'viewsClosed': {
      const { [action.concept]: _closed, ...others } = views;
      return { ...state, views: others };
    }
    case 'views': {
      const asked = views[action.concept];
      // An answer to an earlier question, or to one that was closed.
      if (asked?.file !== action.file || asked.first !== action.first) return state;
      const shown = { ...asked, reading: false, views: action.views, problem: action.problem };
      return { ...state, views: { ...views, [action.concept]: shown } };
    }
  }
}

function withDataset(
  datasets: readonly DatasetState[],
  { concept, dataset }: { concept: number; dataset: DatasetState },
) {
  return datasets.map((known, i) => (i === concept ? dataset : known));
}
