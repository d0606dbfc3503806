import { type Dtype, elementCount, type TensorData } from '../tensorData';

/** What can be written: nested dictionaries and lists with tensors, texts and numbers. */
export type TorchData = null | boolean | number | string | TensorData | readonly TorchData[] | Map<string, TorchData>;

const storageNames: Record<Dtype, string> = {
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  bfloat16: 'BFloat16Storage',
  float64: 'DoubleStorage',
  int64: 'LongStorage',
  int32: 'IntStorage',
  int16: 'ShortStorage',
  int8: 'CharStorage',
  uint8: 'ByteStorage',
  bool: 'BoolStorage',
};

/**
 * Encodes nested data as the pickle (protocol 2) of a torch archive. Tensor k in the returned list is the storage `data/k`.
 * @throws Error for a tensor whose shape and values disagree
 */
export function encodePickle(root: TorchData): { pickle: Uint8Array; tensors: TensorData[] } {
  const writer = new Writer();
  writer.value(root);
  return { pickle: writer.finish(), tensors: writer.tensors };
}

class Writer {
  readonly tensors: TensorData[] = [];
  private readonly pieces: Uint8Array[] = [Buffer.from([0x80, 2])];

  finish(): Uint8Array {
    this.opcode('.');
    return Buffer.concat(this.pieces);
  }

  value(value: TorchData): void {
    if (value === null) this.opcode('N');
    else if (typeof value === 'boolean') this.opcode(value ? '\x88' : '\x89');
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.text(value);
    else if (value instanceof Map) this.dictionary(value);
    else if ('dtype' in value) this.tensor(value);
    else this.list(value);
  }

  private dictionary(map: Map<string, TorchData>): void {
    this.opcode('}(');
    for (const [key, value] of map) {
      this.text(key);
      this.value(value);
    }
    this.opcode('u');
  }

  private list(items: readonly TorchData[]): void {
    this.opcode('](');
    for (const item of items) this.value(item);
    this.opcode('e');
  }

  /** A call of _rebuild_tensor_v2 with the storage, offset 0, shape, row-major strides, no gradient and no hooks. */
  private tensor(tensor: TensorData): void {
    const count = elementCount(tensor.shape);
    if (count !== tensor.data.length)
      throw new Error(`a tensor of shape [${tensor.shape.join(', ')}] with ${tensor.data.length} values`);
    this.global('torch._utils', '_rebuild_tensor_v2');
    this.opcode('((');
    this.text('storage');
    this.global('torch', storageNames[tensor.dtype]);
    this.text(String(this.tensors.push(tensor) - 1));
    this.text('cpu');
    this.number(count);
    this.opcode('tQ');
    this.number(0);
    this.tuple(tensor.shape);
    this.tuple(rowMajorStrides(tensor.shape));
    this.opcode('\x89');
    this.global('collections', 'OrderedDict');
    this.opcode(')RtR');
  }

  private tuple(numbers: readonly number[]): void {
    this.opcode('(');
    for (const n of numbers) this.number(n);
    this.opcode('t');
  }

  private global(module: string, name: string): void {
    this.opcode(`c${module}\n${name}\n`);
  }

  private text(text: string): void {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(5, 'X');
    length.writeUInt32LE(bytes.length, 1);
    this.pieces.push(length, bytes);
  }

  private number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) {
      const bytes = Buffer.alloc(5, 'J');
      bytes.writeInt32LE(value, 1);
      this.pieces.push(bytes);
    } else if (Number.isSafeInteger(value)) {
      const bytes = Buffer.from([0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
      bytes.writeBigInt64LE(BigInt(value), 2);
      this.pieces.push(bytes);
    } else {
      const bytes = Buffer.alloc(9, 'G');
      bytes.writeDoubleBE(value, 1);
      this.pieces.push(bytes);
    }
  }

  private opcode(characters: string): void {
    this.pieces.push(Buffer.from(characters, 'latin1'));
  }
}

function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= Math.max(1, shape[i]!);
  }
  return strides;
}
