import type { DevicesFromHost, DevicesToHost } from '../../src/common/webview/devices';
import { connectHost } from '../ui/host';
import { mount } from '../ui/mount';
import './devices.css';
import { DevicesPage } from './DevicesPage';

const host = connectHost<DevicesFromHost, DevicesToHost>(({ strings, state }) =>
  mount(<DevicesPage strings={strings} state={state} post={(message) => host.post(message)} />),
);
