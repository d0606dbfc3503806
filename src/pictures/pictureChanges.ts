import { relative, sep } from 'node:path';
import { isPictureName } from './readGroup';

/** A file or folder was made, changed or removed. */
export interface FileChange {
  path: string;
  kind: 'created' | 'changed' | 'deleted';
}

/** What the changes in a folder of groups come to. */
export interface PictureChanges {
  /** Groups to be read again; all of them when it is the folder itself that changed. */
  groups: ReadonlySet<string> | 'all';
  /** Pictures whose content is another now. */
  replaced: ReadonlySet<string>;
}

/** Gathers changes on disk and hands them over once nothing has changed for a moment. */
export class PictureChangeGatherer {
  private groups = new Set<string>();
  private replaced = new Set<string>();
  private isAll = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param settleMs long enough for the files of one picture, short enough to look immediate */
  constructor(
    private readonly root: string,
    private readonly onSettled: (changes: PictureChanges) => void,
    private readonly settleMs = 300,
  ) {}

  /** Notes a change; files that are only being written are passed over. */
  add({ path, kind }: FileChange): void {
    const [group, ...inside] = relative(this.root, path).split(sep);
    if (group === '..' || path.endsWith('.tmp')) return;
    if (!group) this.isAll = true;
    else this.groups.add(group);
    if (kind === 'changed' && isPictureName(inside.at(-1) ?? '')) this.replaced.add(path);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), this.settleMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private settle(): void {
    const { groups, replaced, isAll } = this;
    this.groups = new Set();
    this.replaced = new Set();
    this.isAll = false;
    this.onSettled({ groups: isAll ? 'all' : groups, replaced });
  }
}
