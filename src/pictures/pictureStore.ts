import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import type { SavedPictureRecord } from '../common/protocol/sampling';
import { asWriteError, writeJsonAtomically } from './atomicFile';
import { groupName } from './groupName';
import { groupDocument, groupPicture, type GroupDocument, type GroupPicture, type PictureGroup } from './pictureGroup';
import { GROUP_FILE, readGroup, STARS_FILE } from './readGroup';

/** What a new group starts with. */
export type GroupStart = Pick<GroupDocument, 'title' | 'kind' | 'rows' | 'columns' | 'total' | 'form'>;

/** A group was added or changed, or is gone when there is no `group`. Without an `id`, everything was read anew. */
export interface GroupChange {
  id?: string;
  group?: PictureGroup;
}

/** Moves files and folders to where the user can get them back. */
export type Remover = (paths: readonly string[]) => Promise<void>;

/** Groups read at the same time. */
const READ_AT_ONCE = 8;

/** The generated pictures on disk: one folder for each request or comparison, described by its `group.json`. */
export class PictureStore {
  private readonly changes = new Emitter<GroupChange>();
  private readonly groups = new Map<string, PictureGroup>();
  private readonly drawing = new Set<string>();
  /** Groups whose list of stars must be written even when it is empty. */
  private readonly starred = new Set<string>();
  /** The last write of each group's files; the next waits for it. */
  private readonly writes = new Map<string, Promise<void>>();
  private readonly revisions = new Map<string, number>();
  private loading: Promise<void> | undefined;
  private loadedFolder: string | undefined;

  constructor(
    private readonly folder: () => string,
    private readonly remove: Remover,
  ) {}

  /** Fires after what is in memory has changed. */
  get onDidChange(): Event<GroupChange> {
    return this.changes.event;
  }

  /** All groups, newest first; read once, and again when the folder is another one. */
  async all(): Promise<PictureGroup[]> {
    if (this.loadedFolder !== this.folder()) this.loading = undefined;
    this.loading ??= this.load();
    await this.loading;
    return [...this.groups.values()].sort((a, b) =>
      a.created < b.created || (a.created === b.created && a.id < b.id) ? 1 : -1,
    );
  }

  /** Whether there is any group, without reading one. */
  async hasAny(): Promise<boolean> {
    const entries = await readdir(this.folder(), { withFileTypes: true }).catch(() => []);
    return entries.some((entry) => entry.isDirectory());
  }

  /** Reads everything again. */
  async reload(): Promise<void> {
    this.loading = this.load();
    await this.loading;
    this.changes.fire({});
  }

  /** Takes up what others did to these groups on disk. A picture that was replaced counts as another from then on. */
  async refresh(ids: Iterable<string>, replaced: Iterable<string> = []): Promise<void> {
    for (const path of replaced) this.revisions.set(path, (this.revisions.get(path) ?? 0) + 1);
    const root = this.loadedFolder;
    if (root === undefined) return;
    const changed = new Set([...replaced].map((path) => basename(dirname(path))));
    for (const id of new Set(ids)) {
      // This window knows better what becomes of a group that it draws.
      if (this.drawing.has(id)) continue;
      await this.writes.get(id)?.catch(() => {});
      const before = this.groups.get(id);
      const group = await readGroup(join(root, id)).catch(() => undefined);
      // Changed here meanwhile; that change is written and told of by itself.
      if (this.groups.get(id) !== before || this.drawing.has(id) || this.loadedFolder !== root) continue;
      const now = group && interrupted(group);
      if (!changed.has(id) && isDeepStrictEqual(now, before)) continue;
      if (now) this.groups.set(id, now);
      else this.groups.delete(id);
      if (now ?? before) this.changes.fire({ id, ...(now && { group: now }) });
    }
  }

  /** How often a picture was replaced since the groups were read. */
  revision(path: string): number {
    return this.revisions.get(path) ?? 0;
  }

  /** A group that is in memory. */
  group(id: string): PictureGroup | undefined {
    return this.groups.get(id);
  }

  /** Makes the folder of a new group and its description. @throws ProductError when it cannot be written. */
  async begin(start: GroupStart, now = new Date()): Promise<PictureGroup> {
    await this.all();
    const folder = await this.makeFolder(groupName(now, start.title));
    const group: PictureGroup = {
      format: 'custom-diffusion-group-1',
      ...start,
      created: now.toISOString(),
      status: 'drawing',
      pictures: [],
      id: relative(this.folder(), folder),
      folder,
      stars: [],
    };
    this.drawing.add(group.id);
    this.groups.set(group.id, group);
    await this.write(group);
    this.changes.fire({ id: group.id, group });
    return group;
  }

  /** Adds a finished picture. One that lies outside the group's folder is not shown. */
  add(id: string, saved: SavedPictureRecord, cell?: GroupPicture['cell']): GroupPicture | undefined {
    const group = this.groups.get(id);
    if (!group) return undefined;
    const { path, attentionPath, cell: _, ...fields } = saved;
    const file = relative(group.folder, path).split(sep).join('/');
    const entry = { ...fields, file, hasAttention: attentionPath !== undefined, ...(cell ? { cell } : {}) };
    const picture = groupPicture.safeParse(entry);
    if (!picture.success || group.pictures.some((other) => other.file === file)) return undefined;
    this.change(group, { pictures: [...group.pictures, picture.data] });
    return picture.data;
  }

  /** The group gets no more pictures; an empty one is removed. */
  async end(id: string, status: Exclude<GroupDocument['status'], 'drawing'>, problem?: string): Promise<void> {
    const group = this.groups.get(id);
    this.drawing.delete(id);
    if (!group) return;
    if (group.pictures.length === 0) return this.discard(group);
    this.change(group, { status, ...(problem ? { problem } : {}) });
    await this.writes.get(id);
  }

  /** Gives or takes a star. */
  async setStar(id: string, file: string, starred: boolean): Promise<void> {
    const group = this.groups.get(id);
    if (!group?.pictures.some((picture) => picture.file === file)) return;
    const stars = group.stars.filter((other) => other !== file);
    if (starred) stars.push(file);
    this.starred.add(id);
    this.change(group, { stars });
    await this.writes.get(id);
  }

  /** Removes a picture with its maps and their sheets, and the group with its last picture. */
  async removePicture(id: string, file: string): Promise<void> {
    const group = this.groups.get(id);
    const picture = group?.pictures.find((other) => other.file === file);
    if (!group || !picture) return;
    if (group.pictures.length === 1 && !this.drawing.has(id)) return this.removeGroup(id);
    const stem = file.replace(/\.[^./]+$/, '');
    const names = await readdir(group.folder).catch(() => [] as string[]);
    const beside = names.filter((name) => name.startsWith(`${stem}.attention.`) && /\.(safetensors|png)$/.test(name));
    await this.remove([file, ...beside].map((name) => join(group.folder, name)));
    const now = this.groups.get(id) ?? group;
    this.change(now, {
      pictures: now.pictures.filter((other) => other.file !== file),
      stars: now.stars.filter((other) => other !== file),
    });
    await this.writes.get(id);
  }

  /** Removes a group's folder with everything in it. */
  async removeGroup(id: string): Promise<void> {
    const group = this.groups.get(id);
    if (!group || this.drawing.has(id)) return;
    await this.writes.get(id)?.catch(() => {});
    await this.remove([group.folder]);
    this.groups.delete(id);
    this.changes.fire({ id });
  }

  /** Nothing came of it: only its description is there. */
  private async discard(group: PictureGroup): Promise<void> {
    await this.writes.get(group.id)?.catch(() => {});
    await rm(group.folder, { recursive: true, force: true }).catch(() => {});
    this.groups.delete(group.id);
    this.changes.fire({ id: group.id });
  }

  private async load(): Promise<void> {
    const root = this.folder();
    this.loadedFolder = root;
    const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const read = new Map<string, PictureGroup>();
    for (let i = 0; i < names.length; i += READ_AT_ONCE) {
      const part = names.slice(i, i + READ_AT_ONCE);
      for (const group of await Promise.all(part.map((name) => readGroup(join(root, name)))))
        if (group) read.set(group.id, interrupted(group));
    }
    for (const id of this.groups.keys()) if (!this.drawing.has(id)) this.groups.delete(id);
    for (const [id, group] of read) if (!this.drawing.has(id)) this.groups.set(id, group);
  }

  private change(group: PictureGroup, change: Partial<PictureGroup>): void {
    const next = { ...group, ...change };
    this.groups.set(group.id, next);
    this.changes.fire({ id: group.id, group: next });
    // What fails to be written is still shown; the pictures on disk carry their own records.
    this.write(next).catch(() => {});
  }

  /** Writes the newest state after the writes before; states that are already outdated are passed over. */
  private write(group: PictureGroup): Promise<void> {
    const before = this.writes.get(group.id) ?? Promise.resolve();
    const after = before
      .catch(() => {})
      .then(async () => {
        const newest = this.groups.get(group.id);
        if (newest !== group) return;
        await writeJsonAtomically(join(group.folder, GROUP_FILE), groupDocument.parse(group));
        if (group.stars.length > 0 || this.starred.has(group.id))
          await writeJsonAtomically(join(group.folder, STARS_FILE), group.stars);
      });
    this.writes.set(group.id, after);
    return after;
  }

  private async makeFolder(name: string): Promise<string> {
    const root = this.folder();
    try {
      await mkdir(root, { recursive: true });
      for (let attempt = 1; ; attempt++) {
        const folder = join(root, attempt === 1 ? name : `${name}-${attempt}`);
        const made = await mkdir(folder).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            if (error.code === 'EEXIST' && attempt < 1000) return false;
            throw error;
          },
        );
        if (made) return folder;
      }
    } catch (error) {
      throw asWriteError(error, root);
    }
  }
}

/** A group that says `drawing` and is not drawn by this window was cut off. */
function interrupted(group: PictureGroup): PictureGroup {
  return group.status === 'drawing' ? { ...group, status: 'stopped' } : group;
}
