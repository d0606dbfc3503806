import { freemem, release, totalmem, type as systemName } from 'node:os';
import {
  commands,
  Disposable,
  env,
  l10n,
  Uri,
  version,
  ViewColumn,
  window,
  workspace,
  type WebviewPanel,
} from 'vscode';
import {
  devicesToHost,
  type DevicesFromHost,
  type DevicesState,
  type DevicesToHost,
  type Surroundings,
} from '../common/webview/devices';
import { devicesReport } from '../common/webview/devicesReport';
import { devicesStrings } from '../common/webview/devicesStrings';
import type { Services } from '../services';
import { panelIcon } from './panelIcon';
import { localise, WebviewConnection } from './webviewConnection';

const VIEW_TYPE = 'customDiffusion.devices';

/** The page that tells what graphs can run on. There is one; a second call shows it again. */
export function registerDevicesPanel(services: Services): Disposable {
  let open: DevicesPanel | undefined;
  const adopt = (panel: WebviewPanel) => {
    const adopted = new DevicesPanel(services, panel);
    open = adopted;
    panel.onDidDispose(() => {
      adopted.dispose();
      if (open === adopted) open = undefined;
    });
  };
  return Disposable.from(
    services.provided.command('customDiffusion.showDevices', () => {
      if (open) open.reveal();
      else adopt(window.createWebviewPanel(VIEW_TYPE, l10n.t('Devices'), ViewColumn.Active, {}));
    }),
    services.provided.serializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel) => adopt(panel),
    }),
    new Disposable(() => open?.dispose()),
  );
}

class DevicesPanel extends Disposable {
  private readonly connection: WebviewConnection<DevicesFromHost, DevicesToHost>;
  private readonly subscriptions: Disposable;
  private state: DevicesState;
  private isProbing = false;

  constructor(
    private readonly services: Services,
    private readonly panel: WebviewPanel,
  ) {
    super(() => {
      this.subscriptions.dispose();
      this.connection.dispose();
    });
    const { extensionUri } = services.context;
    const status = workspace.isTrusted ? 'probing' : 'untrusted';
    this.state = { status, probes: [], surroundings: surroundings(services) };
    panel.iconPath = panelIcon(extensionUri, 'devices');
    panel.webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(extensionUri, 'dist')] };
    this.connection = new WebviewConnection<DevicesFromHost, DevicesToHost>(panel.webview, {
      extensionUri,
      entry: 'devices',
      title: l10n.t('Devices'),
      messages: devicesToHost,
      onReady: () => this.ready(),
      onMessage: (message) => this.handle(message),
      onError: (error) => services.showError(error),
      log: services.log,
    });
    this.subscriptions = Disposable.from(
      panel.onDidChangeViewState(() => !panel.visible && this.connection.hidden()),
      workspace.onDidGrantWorkspaceTrust(() => void this.probe()),
    );
  }

  reveal(): void {
    this.panel.reveal();
  }

  private ready(): void {
    this.send();
    if (this.state.probes.length === 0 && this.state.status === 'probing') void this.probe();
  }

  private async handle(message: DevicesToHost): Promise<void> {
    switch (message.type) {
      case 'probe':
        return this.services.requireTrust() ? this.probe() : undefined;
      case 'copy':
        await env.clipboard.writeText(devicesReport(this.state));
        window.setStatusBarMessage(l10n.t('Diagnostics copied'), 3000);
        return;
      case 'showLog':
        return this.services.log.show();
      case 'installCuda':
        await commands.executeCommand('customDiffusion.installCudaSupport');
        return this.probe();
      case 'manageTrust':
        await commands.executeCommand('workbench.trust.manage');
    }
  }

  private async probe(): Promise<void> {
    if (this.isProbing) return;
    this.isProbing = true;
    this.change({ status: 'probing', problem: undefined });
    try {
      const runtime = await this.services.runtime.start();
      this.change({ runtime });
      const probes = await this.services.runtime.request('devices/probe', {});
      this.change({ status: 'ready', probes });
    } catch (error) {
      this.services.log.error(error instanceof Error ? error : String(error));
      this.change({ status: 'failed', problem: error instanceof Error ? error.message : String(error) });
    } finally {
      this.isProbing = false;
    }
  }

  private change(change: Partial<DevicesState>): void {
    this.state = { ...this.state, ...change, surroundings: surroundings(this.services) };
    this.send();
  }

  private send(): void {
    this.connection.post({ type: 'state', strings: localise(devicesStrings), state: this.state });
  }
}

function surroundings({ context }: Services): Surroundings {
  const { version: extension } = context.extension.packageJSON as { version: string };
  return {
    editor: `${env.appName} ${version}${env.remoteName ? ` (${env.remoteName})` : ''}`,
    extension,
    system: `${systemName()} ${release()} ${process.arch}`,
    memory: { total: totalmem(), free: freemem() },
  };
}
