import type { RunFromHost, RunToHost } from '../../src/common/webview/run';
import { connectHost, saveViewState } from '../ui/host';
import { mount } from '../ui/mount';
import { RunPanel } from './RunPanel';
import { nextPage, type RunPage } from './runPage';
import './run.css';

let page: RunPage | undefined;

const host = connectHost<RunFromHost, RunToHost>((message) => {
  page = nextPage(page, message);
  if (!page) return;
  // The serializer of the panel finds its run by this after a reload.
  if (message.type === 'state') saveViewState({ version: 1, run: page.run.id });
  mount(<RunPanel page={page} post={(request) => host.post(request)} />);
});
