import { ProductError } from '../../src/common/errors';
import { contentSampleHash } from '../formats/contentSample';
import { fileStamp, sameStamp, type FileStamp } from '../formats/fileStamp';
import { baseFiles, type BaseModel } from '../models/baseModel';

/** A weight file as it was when the run was prepared. */
interface WatchedFile {
  path: string;
  stamp: FileStamp | undefined;
  /** Over samples of its content. */
  content: string;
}

/**
 * Notices when a weight file of the base model is not what it was. Graphs read these files while they run, so whatever is computed after
 * a change must not be kept.
 */
export class BaseWatch {
  private constructor(private readonly files: WatchedFile[]) {}

  /** Notes how the files of a base are now. */
  static async of(base: BaseModel): Promise<BaseWatch> {
    const files: WatchedFile[] = [];
    for (const path of baseFiles(base)) {
      // Before the content is looked at, so that a change in between shows.
      const stamp = fileStamp(path);
      files.push({ path, stamp, content: await contentSampleHash(path) });
    }
    return new BaseWatch(files);
  }

  /** Path and length of every file, for whoever must say what is wrong after the process has died of it. */
  get sizes(): { path: string; bytes: number }[] {
    return this.files.map(({ path, stamp }) => ({ path, bytes: stamp?.size ?? 0 }));
  }

  /**
   * Looks at every file; a few microseconds each. A copy with the same content in its place is no change.
   * @throws ProductError `bad-file` naming the file
   */
  async requireUnchanged(): Promise<void> {
    for (const file of this.files) {
      const now = fileStamp(file.path);
      if (sameStamp(file.stamp, now)) continue;
      const problem = await changeOf(file, now);
      if (problem !== undefined) throw new ProductError('bad-file', file.path, problem, remedy);
      file.stamp = now;
    }
  }
}

const remedy =
  'Put the file back as it was and resume the run: it goes on from its last checkpoint, which is older than the change';

/** What happened to a file, undefined when its content is still the same. */
async function changeOf(
  { path, stamp, content }: WatchedFile,
  now: FileStamp | undefined,
): Promise<string | undefined> {
  if (!now) return 'the model file was deleted or moved while it was in use';
  const before = stamp?.size ?? 0;
  if (now.size !== before)
    return `the model file was changed while it was in use: it had ${before} bytes, now ${now.size}`;
  // Deleted since the look a moment ago.
  const found = await contentSampleHash(path).catch(() => undefined);
  return found === content ? undefined : 'the model file was replaced or written to while it was in use';
}
