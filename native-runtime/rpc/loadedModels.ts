import type { UsedFile } from '../../src/common/modelFiles';
import type { ModelChoice } from '../../src/common/protocol/sampling';
import { findDelta } from '../delta/deltaFile';
import { openFineTune } from '../sample/fineTune';
import { LoadedModel } from './loadedModel';

/** The last choice, and the one before it: a comparison of two goes back and forth. */
const MOST_MODELS = 2;

interface Entry {
  model: Promise<LoadedModel>;
  /** The delta's file when it was opened: a run's newest weights may be others by now. */
  deltaFile: string | undefined;
  /** Work under way with it; a model in use is never released. */
  users: number;
}

/** Models by choice, opened and with their compiled graphs; kept until others are wanted, files change, or training needs the room. */
export class LoadedModels {
  /** In order of last use. */
  private readonly entries = new Map<string, Entry>();
  private told: ReadonlySet<LoadedModel> = new Set();
  private acquiring: Promise<unknown> = Promise.resolve();

  /** @param onOpened told the weight files of all models that are open, whenever one was opened */
  constructor(private readonly onOpened: (files: UsedFile[]) => void = () => {}) {}

  /**
   * Opens a choice unless it is at hand, and lends it to `work`.
   * @throws ProductError as `openFineTune`, or what `work` throws
   */
  async use<T>(choice: ModelChoice, work: (model: LoadedModel) => Promise<T>): Promise<T> {
    const key = JSON.stringify([choice.base ?? null, choice.delta ?? null]);
    // One after the other, so that two requests for a new choice do not both open it.
    const acquired = this.acquiring.then(() => this.acquire(key, choice));
    this.acquiring = acquired.catch(() => {});
    const entry = await acquired;
    try {
      const model = await entry.model;
      await this.trim(MOST_MODELS);
      await this.tell();
      return await work(model);
    } catch (error) {
      // What could not be opened must not stay, or it would fail for good.
      await entry.model.catch(() => this.entries.delete(key));
      throw error;
    } finally {
      entry.users--;
    }
  }

  /** Frees what is not in use. */
  async release(): Promise<void> {
    await this.trim(0);
  }

  /** The entry of a choice, with a user more. One whose files are others by now is replaced. */
  private async acquire(key: string, choice: ModelChoice): Promise<Entry> {
    let entry = this.entries.get(key);
    if (entry && entry.users++ === 0 && !(await isFresh(entry, choice))) {
      await this.drop(key);
      entry = undefined;
    }
    if (!entry) {
      entry = await open(choice);
      entry.users = 1;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  /** Tells which files are open, if others than before. */
  private async tell(): Promise<void> {
    const models = await Promise.allSettled([...this.entries.values()].map(({ model }) => model));
    const open = models.flatMap((found) => (found.status === 'fulfilled' ? [found.value] : []));
    if (open.length === this.told.size && open.every((model) => this.told.has(model))) return;
    this.told = new Set(open);
    this.onOpened(open.flatMap(({ files }) => files));
  }

  private async trim(limit: number): Promise<void> {
    for (const [key, { users }] of [...this.entries]) {
      if (this.entries.size <= limit) return;
      if (users === 0) await this.drop(key);
    }
  }

  private async drop(key: string): Promise<void> {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    const model = await entry?.model.catch(() => undefined);
    await model?.release();
  }
}

async function isFresh(entry: Entry, { delta }: ModelChoice): Promise<boolean> {
  const deltaFile = delta === undefined ? undefined : (await findDelta(delta)).path;
  const model = await entry.model.catch(() => undefined);
  return model !== undefined && deltaFile === entry.deltaFile && model.isUnchanged();
}

async function open(choice: ModelChoice): Promise<Entry> {
  const deltaFile = choice.delta === undefined ? undefined : (await findDelta(choice.delta)).path;
  const warnings: string[] = [];
  const model = openFineTune(choice, (warning) => warnings.push(warning)).then(
    (fineTune) => new LoadedModel(fineTune, warnings),
  );
  // Whoever waits for it hears of a failure; until someone does, it must not count as unhandled.
  model.catch(() => {});
  return { model, deltaFile, users: 0 };
}
