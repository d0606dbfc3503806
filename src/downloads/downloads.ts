import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { ProductError } from '../common/errors';
import { l10n } from '../translation';
import { discardDownload, downloadFiles } from './downloadFiles';
import type { HubAccess } from './hubRequest';
import { totalBytes, type DownloadPlan } from './plan';
import { unfinishedDownloads } from './unfinished';

/** A download of the list: one that runs, or one that can be resumed. */
export interface DownloadEntry {
  kind: 'download';
  /** Where it goes; tells downloads apart. */
  folder: string;
  name: string;
  plan: DownloadPlan;
  received: number;
  total: number;
  /** `here`: in this window; `elsewhere`: in another one. */
  state: 'here' | 'elsewhere' | 'paused';
}

/** Hears of a download that went on, or, without one, that the list is another. */
export type DownloadListener = (entry: DownloadEntry | undefined) => void;

/** The downloads of one window, and what other attempts have left. */
export class Downloads {
  /** The editor's list knows its lines by identity, so each download keeps its entry. */
  private readonly entries = new Map<string, DownloadEntry>();
  private readonly running = new Map<string, AbortController>();
  private readonly listeners = new Set<DownloadListener>();

  constructor(private readonly root: () => string) {}

  /** Calls a listener at each change until what it returns is disposed of. */
  onDidChange(listener: DownloadListener): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /** Running and resumable downloads. */
  async list(): Promise<DownloadEntry[]> {
    for (const { folder, name, plan, received, total, running } of await unfinishedDownloads(this.root())) {
      if (this.running.has(folder)) continue;
      const state = running ? 'elsewhere' : 'paused';
      this.put({ kind: 'download', folder, name, plan, received, total, state });
    }
    for (const folder of this.entries.keys())
      if (!this.running.has(folder) && !existsSync(`${folder}.download`)) this.entries.delete(folder);
    return [...this.entries.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /**
   * Runs a download to its end.
   * @returns the path of the base model
   * @throws what `downloadFiles` throws; ProductError `conflict` when it runs in this window already
   */
  async run(
    plan: DownloadPlan,
    folder: string,
    access: HubAccess,
    onBytes: (received: number) => void,
  ): Promise<string> {
    if (this.running.has(folder))
      throw new ProductError(
        'conflict',
        folder,
        l10n.t('this is being downloaded already'),
        l10n.t('Wait until it is done'),
      );
    const controller = new AbortController();
    this.running.set(folder, controller);
    const start = { kind: 'download', folder, name: basename(folder), plan, received: 0, state: 'here' } as const;
    const entry = this.put({ ...start, total: totalBytes(plan.files) });
    this.tell(undefined);
    let told = 0;
    try {
      return await downloadFiles(plan, folder, {
        access,
        signal: controller.signal,
        onBytes: (received) => {
          entry.received = received;
          onBytes(received);
          if (performance.now() - told < 1000) return;
          told = performance.now();
          this.tell(entry);
        },
      });
    } finally {
      this.running.delete(folder);
      entry.state = 'paused';
      this.tell(undefined);
    }
  }

  /** Stops a download of this window; what has arrived stays. */
  cancel(folder: string): void {
    this.running.get(folder)?.abort();
  }

  /** Removes what a download left that does not run. */
  async discard(folder: string): Promise<void> {
    await discardDownload(folder);
    this.entries.delete(folder);
    this.tell(undefined);
  }

  /** Stops all downloads of this window. */
  dispose(): void {
    for (const controller of this.running.values()) controller.abort();
    this.listeners.clear();
  }

  private put(now: DownloadEntry): DownloadEntry {
    const entry = Object.assign(this.entries.get(now.folder) ?? now, now);
    this.entries.set(now.folder, entry);
    return entry;
  }

  private tell(entry: DownloadEntry | undefined): void {
    for (const listener of this.listeners) listener(entry);
  }
}
