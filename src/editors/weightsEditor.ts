import { basename } from 'node:path';
import type { Uri } from 'vscode';
import { commands, Disposable, env, l10n, workspace } from 'vscode';
import { ProductError } from '../common/errors';
import { weightsToHost, type WeightsFromHost, type WeightsState, type WeightsToHost } from '../common/webview/weights';
import { weightsStrings } from '../common/webview/weightsStrings';
import { localise } from '../panels/webviewConnection';
import type { Services } from '../services';
import { watchFiles } from './fileWatch';
import { readSafetensorsHeader } from './safetensorsHeader';
import { SessionEditor, type EditorSession } from './sessionEditor';

/** What a page is made to show of a header that was written to overwhelm it. */
const LONGEST_NAME = 2000;
const LONGEST_VALUE = 20_000;
const MOST_ENTRIES = 1000;

/** The viewer of `.safetensors` files. */
export function registerWeightsEditor(services: Services): Disposable {
  const editor = new SessionEditor<WeightsFromHost, WeightsToHost>(services, {
    entry: 'weights',
    title: l10n.t('Weight File'),
    messages: weightsToHost,
    createSession: (uri, post) => new WeightsSession(uri, services, post),
  });
  return services.provided.editor('customDiffusion.weights', editor);
}

/** What one panel shows of a file: its header, which it reads for itself. */
class WeightsSession extends Disposable implements EditorSession<WeightsToHost> {
  private readonly subscriptions: Disposable;
  private state: WeightsState;
  private generation = 0;

  constructor(
    private readonly uri: Uri,
    private readonly services: Services,
    private readonly post: (message: WeightsFromHost) => void,
  ) {
    super(() => {
      this.generation++;
      this.subscriptions.dispose();
    });
    this.state = emptyState(uri);
    this.subscriptions = Disposable.from(
      watchFiles([uri.fsPath], () => void this.load()),
      workspace.onDidGrantWorkspaceTrust(() => void this.load()),
    );
  }

  async sendAll(): Promise<void> {
    this.send();
    if (this.generation === 0) await this.load();
  }

  async handle(message: WeightsToHost): Promise<void> {
    switch (message.type) {
      case 'generate':
        await commands.executeCommand('customDiffusion.generateWith', this.uri);
        return;
      case 'reload':
        return this.load();
      case 'copy':
        await env.clipboard.writeText(message.text);
    }
  }

  /** Reads the header here, so that it can be seen without the runtime; only what the file is comes from there. */
  private async load(): Promise<void> {
    const generation = ++this.generation;
    const read = await headerState(this.uri);
    if (generation !== this.generation) return;
    this.state = { ...this.state, ...read };
    this.send();
    if (this.state.kindState !== 'asking') return;
    const kind = await this.askKind();
    if (generation !== this.generation) return;
    this.state = { ...this.state, ...kind };
    this.send();
  }

  private async askKind(): Promise<Pick<WeightsState, 'kind' | 'kindState' | 'isDelta'>> {
    try {
      const { kind, isDelta } = await this.services.runtime.request('file/header', { path: this.uri.fsPath });
      return { kind, kindState: 'known', isDelta };
    } catch (error) {
      this.services.log.warn(`${this.uri.fsPath}: ${error instanceof Error ? error.message : String(error)}`);
      return { kindState: 'unknown', isDelta: false };
    }
  }

  private send(): void {
    this.post({ type: 'state', strings: localise(weightsStrings), state: this.state });
  }
}

function emptyState(uri: Uri): WeightsState {
  const nothing = { size: 0, tensors: [], metadata: [], isDelta: false };
  return { fileName: basename(uri.fsPath), status: 'loading', kindState: 'unknown', ...nothing };
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

async function headerState(uri: Uri): Promise<WeightsState> {
  try {
    const { size, tensors, metadata } = await readSafetensorsHeader(uri.fsPath);
    return {
      ...emptyState(uri),
      status: 'ready',
      kindState: workspace.isTrusted ? 'asking' : 'untrusted',
      size,
      tensors: tensors.map(({ name, dtype, shape, byteLength }) => ({
        name: shortened(name, LONGEST_NAME),
        dtype,
        shape,
        bytes: byteLength,
        parameters: shape.reduce((product, side) => product * side, 1),
      })),
      metadata: Object.entries(metadata)
        .slice(0, MOST_ENTRIES)
        .map(([key, value]) => [shortened(key, LONGEST_NAME), shortened(value, LONGEST_VALUE)] as const),
    };
  } catch (error) {
    const { problem, remedy } =
      error instanceof ProductError
        ? error
        : { problem: error instanceof Error ? error.message : String(error), remedy: '' };
    return { ...emptyState(uri), status: 'failed', problem, remedy };
  }
}
