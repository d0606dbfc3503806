import { randomUUID } from 'node:crypto';
import { CancellationTokenSource, EventEmitter, l10n, workspace, type CancellationToken } from 'vscode';
import { readConfiguration } from '../configuration';
import { cancelled, errorDataOf, isCancelled } from '../worker/errors';
import { LatestOnly } from '../panels/fineTuneLatest';
import type { ModelChoice } from '../common/protocol/sampling';
import type { AnalysedPrompt } from '../common/webview/prompt';
import type { ModelFacts, ModelOption, PromptForm } from '../common/webview/promptForm';
import { addToHistory, type HistoryEntry } from '../common/webview/promptHistory';
import { promptStrings } from '../common/webview/promptStrings';
import { ProductError } from '../common/errors';
import { sharedPictures } from '../pictures/sharedPictures';
import type { Services } from '../services';
import { changesFor, defaultForm, factsOf } from './promptDefaults';
import { PromptFiles } from './promptFiles';
import { PromptMemory } from './promptMemory';
import { optionOf, promptModels } from './promptModels';
import { compareOrder, generateOrder, type OrderWords } from './promptOrder';

/** Which part of a session changed. */
export type PromptPart = 'form' | 'models' | 'facts' | 'analysis' | 'history' | 'focus';

/** What is known of the form's prompts. */
export interface PromptReading {
  prompt?: AnalysedPrompt;
  negative?: AnalysedPrompt;
  problem?: string;
}

/** Typing rests this long before the prompt is taken apart. */
const PAUSE_MS = 200;

/** The prompt form with its models, kept while the view comes and goes. */
export class PromptSession {
  form: PromptForm;
  models: ModelOption[] = [];
  facts: ModelFacts | undefined;
  /** Why nothing can be drawn with the chosen model. */
  factsProblem: string | undefined;
  reading: PromptReading = {};
  /** The prompt is to get the keyboard's focus as soon as a page is there. */
  wantsFocus = false;
  private readonly changes = new EventEmitter<{ part: PromptPart; change?: Partial<PromptForm> }>();
  private readonly memory: PromptMemory;
  private readonly files: PromptFiles;
  private readonly looks = new LatestOnly<CancellationToken>(0, () => new CancellationTokenSource());
  private readonly readings = new LatestOnly<CancellationToken>(PAUSE_MS, () => new CancellationTokenSource());

  constructor(private readonly services: Services) {
    this.memory = new PromptMemory(services.context.workspaceState);
    this.files = new PromptFiles(services);
    this.form = this.memory.form ?? defaultForm(readConfiguration('models.defaultBase'));
    services.context.subscriptions.push(
      this.changes,
      services.runs.onDidChange(() => this.refreshModels()),
      workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration('customDiffusion.models') && this.refreshModels(),
      ),
      { dispose: () => [this.looks, this.readings].forEach((latest) => latest.cancel()) },
    );
  }

  /** Fires after a part changed; for the form with what changed, and never for an edit of the page. */
  get onDidChange() {
    return this.changes.event;
  }

  get history(): HistoryEntry[] {
    return this.memory.history;
  }

  /** The chosen model. */
  get model(): ModelOption | undefined {
    return this.models.find(({ id }) => id === this.form.model);
  }

  /** Reads the list of models and looks at the chosen one. */
  async open(): Promise<void> {
    await this.services.runs.refresh();
    this.refreshModels();
    this.look();
    this.read();
  }

  /** Takes an edit of the page. */
  edited(form: PromptForm): void {
    const { form: before } = this;
    this.form = form;
    this.memory.form = form;
    if (form.model !== before.model) this.look();
    if (form.model !== before.model || form.prompt !== before.prompt || form.negativePrompt !== before.negativePrompt)
      this.read();
  }

  /** Changes the form for the user, and tells the page. */
  change(change: Partial<PromptForm>): void {
    this.edited({ ...this.form, ...change });
    this.changes.fire({ part: 'form', change });
  }

  /** Makes the pictures of the form. @throws ProductError when it cannot be done */
  async generate(): Promise<void> {
    await sharedPictures(this.services).maker.order(generateOrder(this.form, this.models, orderWords()));
    this.remember();
  }

  /** Makes the grid of the form. @throws ProductError when it cannot be done */
  async compare(): Promise<void> {
    await sharedPictures(this.services).maker.order(compareOrder(this.form, this.models, orderWords()));
    this.remember();
  }

  /** Chooses a model by its paths; a file that is not in the list is looked at and added. @throws ProductError when it is no model */
  async choose(choice: Pick<ModelChoice, 'base' | 'delta'>): Promise<void> {
    // A run that has just ended may not be in the list yet.
    await this.services.runs.refresh();
    this.refreshModels();
    const path = choice.delta ?? choice.base ?? '';
    const option = optionOf(choice, this.models) ?? (await this.addFile(path));
    const keepsStrength = option.id === this.form.model;
    this.change({ model: option.id, ...(keepsStrength ? {} : { strength: 1 }) });
  }

  /** Has the page put the keyboard's focus into the prompt, now or when it has been made. */
  focusPrompt(): void {
    this.wantsFocus = true;
    this.changes.fire({ part: 'focus' });
  }

  /** Uses the settings a picture was made with; its model is taken if it is still there. */
  async use(change: Partial<PromptForm>, choice?: ModelChoice): Promise<void> {
    this.change(change);
    if (!choice || (choice.base === undefined && choice.delta === undefined)) return;
    await this.choose(choice);
    if (choice.strength !== undefined) this.change({ strength: choice.strength });
  }

  setHistory(history: HistoryEntry[]): void {
    this.memory.history = history;
    this.changes.fire({ part: 'history' });
  }

  private remember(): void {
    const { form, model } = this;
    const entry = { id: randomUUID(), used: new Date().toISOString(), form, modelLabel: model?.label ?? '' };
    this.setHistory(addToHistory(this.history, entry));
  }

  private async addFile(path: string): Promise<ModelOption> {
    if (!this.services.requireTrust()) throw cancelled(path);
    const file = await this.files.add(path, readConfiguration('models.defaultBase'));
    this.refreshModels();
    const option = optionOf({ ...(file.delta ? { delta: path } : { base: path }) }, this.models);
    if (!option) throw new ProductError('bad-model', path, l10n.t('cannot be drawn with'));
    return option;
  }

  private refreshModels(): void {
    const models = promptModels(
      {
        bases: [readConfiguration('models.defaultBase'), ...readConfiguration('models.folders')],
        runs: this.services.runs.runs,
        files: this.files.files,
      },
      {
        pocket: l10n.t('Pocket model'),
        checkpoint: (run, step) => l10n.t('{0}, step {1}', run, step),
      },
    );
    if (JSON.stringify(models) === JSON.stringify(this.models)) return;
    const had = this.model;
    this.models = models;
    this.changes.fire({ part: 'models' });
    if (!had && this.model) this.look();
  }

  /** Asks what the chosen model is. Nothing is started in a workspace that is not trusted. */
  private look(): void {
    const { model } = this;
    if (!model || !workspace.isTrusted) return;
    if (this.facts?.id === model.id && !this.factsProblem) return;
    const base = model.base ?? readConfiguration('models.defaultBase');
    this.looks.request(
      (token) => this.services.runtime.request('model/summary', { base }, token),
      (summary) => {
        const { facts: before } = this;
        this.facts = factsOf(model, base, summary);
        this.factsProblem = undefined;
        this.changes.fire({ part: 'facts' });
        const change = changesFor(this.form, before, this.facts);
        if (Object.keys(change).length > 0) this.change(change);
      },
      (error) => {
        if (isCancelled(error)) return;
        this.facts = undefined;
        this.factsProblem = messageOf(error);
        this.changes.fire({ part: 'facts' });
      },
    );
  }

  /** Takes the prompts apart. */
  private read(): void {
    const { model, form } = this;
    if (!model || !workspace.isTrusted) return;
    const { base, delta } = model;
    const choice = { ...(base === undefined ? {} : { base }), ...(delta === undefined ? {} : { delta }) };
    const analyse = async (prompt: string, token: CancellationToken): Promise<AnalysedPrompt> => ({
      prompt,
      analysis: await this.services.runtime.request('prompt/analyse', { model: choice, prompt }, token),
    });
    this.readings.request(
      async (token): Promise<PromptReading> => {
        const prompt = await analyse(form.prompt, token);
        return form.negativePrompt ? { prompt, negative: await analyse(form.negativePrompt, token) } : { prompt };
      },
      (reading) => {
        this.reading = reading;
        this.changes.fire({ part: 'analysis' });
      },
      (error) => {
        if (isCancelled(error)) return;
        this.reading = { problem: messageOf(error) };
        this.changes.fire({ part: 'analysis' });
      },
    );
  }
}

const sessions = new WeakMap<Services, PromptSession>();

/** The session of this window, made when it is first needed. */
export function promptSession(services: Services): PromptSession {
  const known = sessions.get(services) ?? new PromptSession(services);
  sessions.set(services, known);
  return known;
}

function messageOf(error: unknown): string {
  const { where, problem, remedy } = errorDataOf(error);
  return new ProductError('internal', where, problem, remedy).message;
}

function orderWords(): OrderWords {
  const { planSeed, planStrength, planGuidance, planSteps, modelGone } = promptStrings;
  return {
    seed: l10n.t(planSeed),
    strength: l10n.t(planStrength),
    guidance: l10n.t(planGuidance),
    steps: l10n.t(planSteps),
    modelGone: l10n.t(modelGone),
    unreadable: (at) => l10n.t('"{0}" cannot be used', at),
    comparison: (rows, columns) => l10n.t('Comparison: {0} by {1}', rows, columns),
  };
}
