import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ProductError } from '../../src/common/errors';
import type { SessionOptions } from '../device/session';
import { readJsonObject } from '../formats/jsonFile';
import { openSafetensors, readTensors } from '../formats/safetensors';
import type { BaseModel } from '../models/baseModel';
import { loadBaseModel } from '../models/loadBaseModel';
import type { TensorData } from '../tensorData';

/** The tensors of one recorded file; remembers which were asked for. */
export class RecordedTensors {
  private readonly used = new Set<string>();

  constructor(
    private readonly path: string,
    private readonly tensors: ReadonlyMap<string, TensorData>,
  ) {}

  /** All names in the file. */
  get names(): string[] {
    return [...this.tensors.keys()];
  }

  /** Names that no check has asked for. */
  get unused(): string[] {
    return this.names.filter((name) => !this.used.has(name));
  }

  /** @throws ProductError `bad-file` when the recording lacks it. */
  get(name: string): TensorData {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new ProductError('bad-file', this.path, `the recording lacks ${name}`);
    this.used.add(name);
    return tensor;
  }

  /** The tensors whose names start with `prefix`, without it. */
  below(prefix: string): Map<string, TensorData> {
    const names = this.names.filter((name) => name.startsWith(prefix));
    return new Map(names.map((name) => [name.slice(prefix.length), this.get(name)]));
  }
}

/** A folder with what the reference computed for the base model in it. */
export class Recording {
  private readonly files = new Map<string, Promise<RecordedTensors>>();

  private constructor(
    readonly folder: string,
    readonly base: BaseModel,
    /** What the product's graphs run on. */
    readonly session: SessionOptions,
  ) {}

  /** @throws ProductError as `loadBaseModel`. */
  static async open(folder: string, session: SessionOptions = {}): Promise<Recording> {
    return new Recording(folder, await loadBaseModel(join(folder, 'base')), session);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** The tensors of `<name>.safetensors`, read once. @throws ProductError `not-found`, `bad-file`. */
  tensors(name: string): Promise<RecordedTensors> {
    const known = this.files.get(name);
    if (known) return known;
    const path = this.path(`${name}.safetensors`);
    const read = openSafetensors(path).then(async (file) => new RecordedTensors(path, await readTensors(file)));
    this.files.set(name, read);
    return read;
  }

  /** The contents of `<name>.json`. @throws ProductError `not-found`, `bad-file` when it does not fit the schema. */
  async json<T extends z.ZodType>(name: string, schema: T): Promise<z.infer<T>> {
    const path = this.path(`${name}.json`);
    const parsed = schema.safeParse(await readJsonObject(path));
    if (parsed.success) return parsed.data;
    throw new ProductError('bad-file', path, z.prettifyError(parsed.error));
  }

  /** Every file read so far with the tensors in it that nothing was compared with. */
  async unused(): Promise<Map<string, string[]>> {
    const unused = new Map<string, string[]>();
    for (const [name, tensors] of this.files) {
      const file = await tensors.catch(() => undefined);
      if (file) unused.set(name, file.unused);
    }
    return unused;
  }

  /** Names in a folder of the recording; none if there is no such folder. */
  async list(folder = ''): Promise<string[]> {
    const path = this.path(folder);
    return existsSync(path) ? (await readdir(path)).sort() : [];
  }
}
