import type { Dtype } from '../tensorData';

/** A flat run of values in the archive, named by its record `data/<key>`. */
export class TorchStorage {
  constructor(
    readonly dtype: Dtype,
    readonly key: string,
    /** Number of elements. */
    readonly count: number,
  ) {}
}

/** A tensor described in a pickle: a strided view of a storage, already checked to lie inside it. */
export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    /** In elements. */
    readonly offset: number,
    readonly shape: readonly number[],
    /** In elements. */
    readonly strides: readonly number[],
  ) {}

  get dtype(): Dtype {
    return this.storage.dtype;
  }

  /** Whether the values lie row-major without holes. */
  get isContiguous(): boolean {
    let expected = 1;
    for (let i = this.shape.length - 1; i >= 0; i--) {
      if (this.shape[i] !== 1 && this.strides[i] !== expected) return false;
      expected *= this.shape[i]!;
    }
    return true;
  }
}

/** Plain data out of a pickle: dictionaries are Maps, lists and tuples are arrays. Parts may be shared. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchTensor
  | readonly PickleValue[]
  | Map<string | number, PickleValue>;
