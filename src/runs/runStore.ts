import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import { readRunSummary, type RunSummary } from './runSummary';

/** Calls back when something below a folder changes. */
export type WatchFolder = (folder: string, onChange: () => void) => Disposable;

/** What a store of runs needs. */
export interface RunStoreOptions {
  /** The folders that hold run folders; asked again at each look. */
  roots: () => readonly string[];
  watch?: WatchFolder;
  /** Changes within this time lead to one look. */
  debounceMs?: number;
  /** While a run is under way its process is looked after this often: its death changes no file. */
  pollMs?: number;
}

/** Where the runs of a workspace folder lie. */
export function runsRoot(workspaceFolder: string): string {
  return join(workspaceFolder, '.custom-diffusion', 'runs');
}

/** Run folders read at the same time. */
const parallel = 16;

/** The list of the runs on disk, kept true. */
export class RunStore implements Disposable {
  private readonly emitter = new Emitter<readonly RunSummary[]>();
  private readonly watchers = new Map<string, Disposable>();
  private known: readonly RunSummary[] = [];
  private timer: NodeJS.Timeout | undefined;
  private due = 0;
  private looking: Promise<readonly RunSummary[]> | undefined;
  private isStale = false;
  private isDisposed = false;

  constructor(private readonly options: RunStoreOptions) {}

  /** Fires when a look found the list changed. */
  get onDidChange(): Event<readonly RunSummary[]> {
    return this.emitter.event;
  }

  /** The runs as of the last look, newest first. */
  get runs(): readonly RunSummary[] {
    return this.known;
  }

  /** The run in a folder, as of the last look. */
  find(folder: string): RunSummary | undefined {
    const path = resolve(folder);
    return this.known.find((run) => run.folder === path);
  }

  /** Looks at the disk again. Never throws. */
  refresh(): Promise<readonly RunSummary[]> {
    // A change during a look may have been missed by it.
    this.isStale = this.looking !== undefined;
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    this.watchers.forEach((watcher) => watcher.dispose());
    this.watchers.clear();
    this.emitter.dispose();
  }

  private async look(): Promise<readonly RunSummary[]> {
    const roots = [...new Set(this.options.roots().map((root) => resolve(root)))];
    this.watchRoots(roots);
    let found: RunSummary[];
    do {
      this.isStale = false;
      found = await readRuns(roots);
    } while (this.isStale && !this.isDisposed);
    if (this.isDisposed) return this.known;
    if (found.some(({ state }) => state === 'running')) this.lookIn(this.options.pollMs ?? 5000);
    if (JSON.stringify(found) !== JSON.stringify(this.known)) {
      this.known = found;
      this.emitter.fire(found);
    }
    return found;
  }

  private watchRoots(roots: readonly string[]): void {
    if (this.isDisposed || !this.options.watch) return;
    for (const [root, watcher] of this.watchers)
      if (!roots.includes(root)) {
        watcher.dispose();
        this.watchers.delete(root);
      }
    for (const root of roots)
      if (!this.watchers.has(root))
        this.watchers.set(
          root,
          this.options.watch(root, () => this.lookIn(this.options.debounceMs ?? 300)),
        );
  }

  /** The earlier look wins: steady changes, as of a log that grows, do not put it off. */
  private lookIn(ms: number): void {
    const due = performance.now() + ms;
    if (this.isDisposed || (this.timer && this.due <= due)) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.refresh();
    }, ms);
    this.timer.unref();
  }
}

async function readRuns(roots: readonly string[]): Promise<RunSummary[]> {
  const folders = (await Promise.all(roots.map(subfolders))).flat();
  const runs: RunSummary[] = [];
  for (let i = 0; i < folders.length; i += parallel) {
    const batch = await Promise.all(folders.slice(i, i + parallel).map(readRunSummary));
    runs.push(...batch.filter((run) => run !== undefined));
  }
  return runs.sort((a, b) => b.startedAt - a.startedAt || a.folder.localeCompare(b.folder));
}

async function subfolders(root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(root, name);
      const isFolder = await stat(path).then(
        (s) => s.isDirectory(),
        () => false,
      );
      return isFolder ? [path] : [];
    }),
  );
  return found.flat();
}
