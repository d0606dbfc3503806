import type { FineTuneFromHost, FineTuneToHost, FineTuneViewState } from '../../src/common/webview/fineTune';
import { connectHost, saveViewState } from '../ui/host';
import { mount } from '../ui/mount';
import { FineTunePage } from './FineTunePage';
import { PageContext, type Page } from './page';
import { reduce, type PageAction, type PageState } from './store';

let state: PageState = { views: {} };

function dispatch(action: PageAction): void {
  state = reduce(state, action);
  const { data } = state;
  if (data) {
    const { folder, source, config } = data;
    saveViewState({ version: 1, folder, source, config } satisfies FineTuneViewState);
  }
  show();
}

const host = connectHost<FineTuneFromHost, FineTuneToHost>(dispatch);

const actions: Pick<Page, 'edit' | 'post' | 'showViews' | 'closeViews'> = {
  edit: (...edits) => {
    dispatch({ type: 'edited', edits });
    host.post({ type: 'edit', edits: edits.map(({ path, value }) => ({ path: [...path], value })) });
  },
  post: (message) => host.post(message),
  showViews: (concept, file, first) => {
    dispatch({ type: 'viewsAsked', concept, file, first });
    host.post({ type: 'augment', concept, file, first });
  },
  closeViews: (concept) => dispatch({ type: 'viewsClosed', concept }),
};

function show(): void {
  const { strings, data, views } = state;
  if (!strings || !data) return;
  const locale = document.documentElement.lang || 'en';
  mount(
    <PageContext.Provider value={{ strings, state: data, views, locale, ...actions }}>
      <FineTunePage />
    </PageContext.Provider>,
  );
}
