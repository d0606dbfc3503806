import type { Hash } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import * as z from 'zod';
import { startDigest } from './digest';
import { asDiskProblem } from './diskProblem';
import type { PlannedFile } from './plan';

const READ_SIZE = 1 << 20;

/**
 * What lies beside a partial file: which content it is the beginning of, and the server's name for that version. A note that
 * is lost costs a new start, so it is not forced to disk.
 */
const note = z.object({ digest: z.string(), validator: z.string().optional() });

/**
 * The beginning of a file that is being fetched: `<name>.part`, with a note beside it. The digest runs along, so that nothing
 * has to be read twice at the end.
 */
export class PartFile {
  private hash: Hash;
  private received = 0;
  private known: string | undefined;

  private constructor(
    private readonly target: string,
    private readonly file: PlannedFile,
    private readonly handle: FileHandle,
  ) {
    this.hash = startDigest(file.digest, file.size);
  }

  /** Opens what an earlier attempt left, if it is the beginning of the same content, or an empty file. */
  static async open(target: string, file: PlannedFile): Promise<PartFile> {
    try {
      await adopt(target, file);
      const found = await readNote(target);
      const handle = await open(`${target}.part`, 'a+');
      const part = new PartFile(target, file, handle);
      try {
        const { size } = await handle.stat();
        if (found?.digest === file.digest.value && size <= file.size) await part.readBack(size, found.validator);
        else await part.reset();
      } catch (error) {
        await handle.close();
        throw error;
      }
      return part;
    } catch (error) {
      throw asDiskProblem(error, target);
    }
  }

  get length(): number {
    return this.received;
  }

  /** The server's name for the version this is the beginning of, good for `If-Range`. */
  get validator(): string | undefined {
    return this.known;
  }

  /** Whether everything is here and is what it should be. */
  matches(): boolean {
    return this.received === this.file.size && this.hash.copy().digest('hex') === this.file.digest.value;
  }

  /** Keeps the server's name for the version that arrives. */
  async remember(validator: string | undefined): Promise<void> {
    if (validator === this.known) return;
    await this.writeNote(validator);
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, written);
        written += bytesWritten;
      }
    } catch (error) {
      throw asDiskProblem(error, this.target);
    }
    this.hash.update(bytes);
    this.received += bytes.length;
  }

  /** Starts again with nothing. */
  async reset(): Promise<void> {
    if ((await this.handle.stat()).size > 0) await this.handle.truncate(0);
    this.hash = startDigest(this.file.digest, this.file.size);
    this.received = 0;
    await this.writeNote(undefined);
  }

  /** Leaves what is there for another attempt. */
  async close(): Promise<void> {
    await this.handle.close();
  }

  /** Gives the complete file its name. The part must have matched. */
  async finish(): Promise<void> {
    try {
      // Small files are written through together, at the end of the download.
      if (this.file.digest.algorithm !== 'git') await this.handle.sync();
      await this.handle.close();
      await rename(`${this.target}.part`, this.target);
      await rm(notePath(this.target), { force: true });
    } catch (error) {
      throw asDiskProblem(error, this.target);
    }
  }

  private async readBack(size: number, validator: string | undefined): Promise<void> {
    const buffer = Buffer.allocUnsafe(READ_SIZE);
    while (this.received < size) {
      const { bytesRead } = await this.handle.read(buffer, 0, READ_SIZE, this.received);
      if (bytesRead === 0) break;
      this.hash.update(buffer.subarray(0, bytesRead));
      this.received += bytesRead;
    }
    this.known = validator;
  }

  private async writeNote(validator: string | undefined): Promise<void> {
    this.known = validator;
    const content = { digest: this.file.digest.value, ...(validator === undefined ? {} : { validator }) };
    await writeFile(notePath(this.target), JSON.stringify(content));
  }
}

/** Removes a partial file and its note. */
export async function removePart(target: string): Promise<void> {
  await rm(`${target}.part`, { force: true });
  await rm(notePath(target), { force: true });
}

/** Bytes of a file that are here, in part or whole. */
export async function bytesThere(target: string): Promise<number> {
  for (const path of [target, `${target}.part`]) {
    const found = await stat(path).catch(() => undefined);
    if (found) return found.size;
  }
  return 0;
}

/** A file with its final name that was not yet noted as checked becomes a partial file that lacks nothing. */
async function adopt(target: string, file: PlannedFile): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return;
  await writeFile(notePath(target), JSON.stringify({ digest: file.digest.value }));
  await rename(target, `${target}.part`);
}

async function readNote(target: string): Promise<z.infer<typeof note> | undefined> {
  const text = await readFile(notePath(target), 'utf8').catch(() => '');
  try {
    return note.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function notePath(target: string): string {
  return `${target}.part.json`;
}
