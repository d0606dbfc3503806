import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CancellationTokenSource, commands, Disposable, l10n, Uri, window, workspace } from 'vscode';
import { ProductError } from '../common/errors';
import type { PictureAttention } from '../common/protocol/attention';
import type { AttentionFromHost, AttentionState, AttentionToHost, LookForm } from '../common/webview/attention';
import { attentionStrings } from '../common/webview/attentionStrings';
import { computingSettings } from '../computing';
import { readConfiguration } from '../configuration';
import { localise } from '../panels/webviewConnection';
import { writeFileSafely } from '../runs/writeFileSafely';
import type { Services } from '../services';
import { watchFiles } from './fileWatch';
import { lookModels, startModel, type LookModelChoice } from './lookModels';
import { describePicture } from './pictureDescription';
import type { EditorSession } from './sessionEditor';

const LARGEST_PICTURE = 256 << 20;
/** Medium noise: subjects are found best where their shapes are just visible. */
const START_TIMESTEP = 400;

/** What one attention panel shows, and the requests it makes of the runtime. Each panel has its own. */
export class AttentionSession extends Disposable implements EditorSession<AttentionToHost> {
  private readonly watch: Disposable;
  private models: LookModelChoice[] = [];
  private state: AttentionState;
  /** What belongs to an earlier loading of the file is dropped. */
  private generation = 0;
  private request: CancellationTokenSource | undefined;
  private shownPicture: string;

  constructor(
    private readonly path: string,
    private readonly services: Services,
    private readonly post: (message: AttentionFromHost) => void,
  ) {
    super(() => this.close());
    this.shownPicture = path;
    const form: LookForm = { prompt: '', fromPicture: false, model: '', models: [], timestep: START_TIMESTEP, seed: 0 };
    this.state = { fileName: basename(path), trusted: workspace.isTrusted, view: 'loading', form };
    const maps = `${path.replace(/\.[^./\\]+$/, '')}.attention.safetensors`;
    this.watch = Disposable.from(
      watchFiles([path, maps], () => void this.load()),
      workspace.onDidGrantWorkspaceTrust(() => void this.load()),
    );
  }

  /** Sends everything to a page that has just been made. */
  async sendAll(): Promise<void> {
    this.sendState();
    if (this.generation === 0) await this.load();
    else await this.sendPicture();
  }

  /** Does what the page asks for. */
  async handle(message: AttentionToHost): Promise<void> {
    switch (message.type) {
      case 'look':
        return this.look(message);
      case 'cancel':
        return this.request?.cancel();
      case 'showForm':
        return this.change({ view: 'form', problem: undefined });
      case 'showMaps':
        return this.change({ view: this.state.attention ? 'maps' : 'form', problem: undefined });
      case 'maps':
        return this.sendMaps(message);
      case 'savePicture':
        return this.save(message.png, `${this.stem()}-${message.words || 'attention'}.png`, 'png');
      case 'saveTable':
        return this.save(Buffer.from(message.csv), `${this.stem()}-attention.csv`, 'csv');
      case 'reload':
        return this.load();
      case 'manageTrust':
        await commands.executeCommand('workbench.trust.manage');
    }
  }

  private async load(): Promise<void> {
    const generation = ++this.generation;
    this.request?.cancel();
    this.shownPicture = this.path;
    this.change({ view: 'loading', trusted: workspace.isTrusted, attention: undefined, problem: undefined });
    try {
      await this.sendPicture();
      const form = await this.startForm();
      const attention = workspace.isTrusted
        ? await this.services.runtime.request('attention/saved', { picture: this.path })
        : null;
      if (generation !== this.generation) return;
      this.change({ form, view: attention ? 'maps' : 'form', attention: attention ?? undefined });
    } catch (error) {
      if (generation === this.generation) this.change({ view: 'form', problem: this.problemOf(error) });
    }
  }

  private async startForm(): Promise<LookForm> {
    const [{ prompt, model }, runs] = await Promise.all([describePicture(this.path), this.services.runs.refresh()]);
    const defaultBase = readConfiguration('models.defaultBase');
    const bases = [...readConfiguration('models.folders'), defaultBase].filter(Boolean);
    this.models = lookModels(bases, runs, l10n.t('Pocket model'));
    return {
      prompt,
      fromPicture: prompt !== '',
      model: startModel(this.models, model, defaultBase),
      models: this.models.map(({ id, label }) => ({ id, label })),
      timestep: START_TIMESTEP,
      seed: 0,
    };
  }

  private async look({ prompt, model, timestep, seed }: Extract<AttentionToHost, { type: 'look' }>): Promise<void> {
    if (!this.services.requireTrust()) return;
    const choice = this.models.find(({ id }) => id === model)?.choice;
    if (!choice) return;
    const generation = this.generation;
    const source = this.startRequest();
    const form = { ...this.state.form, prompt, model, timestep, seed, fromPicture: false };
    this.change({ view: 'looking', form, problem: undefined });
    try {
      const cacheFolder = this.services.folders.cache();
      const computing = computingSettings();
      const params = { picture: this.path, prompt, model: choice, timestep, seed, cacheFolder, computing };
      const attention = await this.services.runtime.request('attention/look', params, source.token);
      if (generation === this.generation) await this.show(attention);
    } catch (error) {
      if (generation === this.generation) this.change({ view: 'form', problem: this.problemOf(error) });
    } finally {
      source.dispose();
    }
  }

  private async show(attention: PictureAttention): Promise<void> {
    this.shownPicture = attention.picture;
    await this.sendPicture();
    this.change({ view: 'maps', attention });
  }

  private async sendMaps({ layer, step }: Extract<AttentionToHost, { type: 'maps' }>): Promise<void> {
    const which = { ...(layer === undefined ? {} : { layer }), ...(step === undefined ? {} : { step }) };
    try {
      const maps = await this.services.runtime.request('attention/maps', { picture: this.shownPicture, ...which });
      this.post({ type: 'maps', ...which, maps });
    } catch (error) {
      this.post({ type: 'maps', ...which, problem: this.problemOf(error) });
    }
  }

  /** The picture goes as bytes: a canvas drawn from them may be read back and saved. */
  private async sendPicture(): Promise<void> {
    const path = this.shownPicture;
    const { size } = await stat(path);
    if (size > LARGEST_PICTURE)
      throw new ProductError('bad-image', path, l10n.t('the picture has {0} MB', size >> 20), l10n.t('Scale it down'));
    // A copy: the message carries the whole memory block behind an array, and Node shares blocks.
    this.post({ type: 'picture', bytes: Uint8Array.from(await readFile(path)) });
  }

  private async save(bytes: Uint8Array, name: string, kind: 'png' | 'csv'): Promise<void> {
    const safe = name.replace(/[<>:"/\\|?*\p{Cc}]+/gu, '_');
    const title = kind === 'png' ? l10n.t('Save Picture') : l10n.t('Save Table');
    const filters = kind === 'png' ? { [l10n.t('PNG picture')]: ['png'] } : { [l10n.t('Table')]: ['csv'] };
    const defaultUri = Uri.file(join(dirname(this.path), safe));
    const target = await window.showSaveDialog({ title, defaultUri, filters });
    if (target) await writeFileSafely(target.fsPath, bytes);
  }

  private stem(): string {
    return basename(this.path).replace(/\.[^.]+$/, '');
  }

  private startRequest(): CancellationTokenSource {
    this.request?.cancel();
    this.request = new CancellationTokenSource();
    return this.request;
  }

  /** Cancelling is not a problem to be shown. */
  private problemOf(error: unknown): string | undefined {
    if (error instanceof ProductError && error.code === 'cancelled') return undefined;
    this.services.log.error(error instanceof Error ? error : String(error));
    return error instanceof Error ? error.message : String(error);
  }

  private change(change: Partial<AttentionState>): void {
    this.state = { ...this.state, ...change };
    this.sendState();
  }

  private sendState(): void {
    this.post({ type: 'state', strings: localise(attentionStrings), state: this.state });
  }

  private close(): void {
    this.generation++;
    this.watch.dispose();
    this.request?.cancel();
  }
}
