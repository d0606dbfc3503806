import type { WeightsFromHost, WeightsToHost } from '../../src/common/webview/weights';
import { connectHost } from '../ui/host';
import { mount } from '../ui/mount';
import './weights.css';
import { WeightsPage } from './WeightsPage';

const host = connectHost<WeightsFromHost, WeightsToHost>(({ strings, state }) =>
  mount(<WeightsPage strings={strings} state={state} post={(message) => host.post(message)} />),
);
