import type { PickleGlobal } from './pickleGlobals';
import { Dropped, pickleGlobal } from './pickleGlobals';
import { type PickleValue, TorchStorage, TorchTensor } from './pickleValues';

const limits = {
  steps: 4_000_000,
  stack: 400_000,
  memo: 1_000_000,
  marks: 200,
  stringBytes: 2 ** 20,
  integerBytes: 16,
};

/** What is under construction: plain data, or something only the machine knows. */
type Item = unknown;

class Name {
  constructor(readonly global: PickleGlobal) {}
}

/**
 * Interprets a pickle as data. It knows the opcodes that `torch.save` writes and nothing that could run code; names go through
 * an allow-list; steps, stack, memo, nesting and strings are limited, and no number in the stream leads to an allocation.
 * @throws Error saying what is wrong
 */
export function interpretPickle(bytes: Uint8Array): PickleValue {
  return new Machine(bytes).run();
}

class Machine {
  private at = 0;
  private stack: Item[] = [];
  private readonly marks: Item[][] = [];
  private memo = new Map<number, Item>();
  private held = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (let step = 0; ; step++) {
      if (step >= limits.steps) throw new Error(`more than ${limits.steps} steps`);
      const opcode = this.byte();
      if (opcode === 0x2e) break;
      const operation = operations.get(opcode);
      if (!operation) throw new Error(`the opcode 0x${opcode.toString(16)} at byte ${this.at - 1} is not accepted`);
      operation(this);
      if (this.held + this.stack.length > limits.stack) throw new Error('the stack grew too large');
    }
    if (this.marks.length > 0 || this.stack.length !== 1) throw new Error('the stream ends in the middle of a value');
    if (this.at !== this.bytes.length) throw new Error('there are bytes after the end of the pickle');
    return asData(this.pop());
  }

  // -- reading ---------------------------------------------------------------------------------------------------------

  byte(): number {
    return this.bytes[this.advance(1)]!;
  }

  uint16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  float(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  slice(length: number): Uint8Array {
    if (length > limits.stringBytes) throw new Error(`a text of ${length} bytes`);
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.slice(length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new Error('the stream is cut off');
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  /** A little-endian two's complement integer; a bigint beyond 2^53. */
  long(length: number): number | bigint {
    if (length > limits.integerBytes) throw new Error(`an integer of ${length} bytes`);
    const digits = this.slice(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]!);
    value = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  private advance(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new Error('the stream is cut off');
    this.at += length;
    return start;
  }

  // -- stack -----------------------------------------------------------------------------------------------------------

  push(item: Item): void {
    this.stack.push(item);
  }

  pop(): Item {
    if (this.stack.length === 0) throw new Error('the stack is empty');
    return this.stack.pop();
  }

  top(): Item {
    if (this.stack.length === 0) throw new Error('the stack is empty');
    return this.stack.at(-1);
  }

  mark(): void {
    if (this.marks.length >= limits.marks) throw new Error('values are nested too deeply');
    this.marks.push(this.stack);
    this.held += this.stack.length;
    this.stack = [];
  }

  /** Everything since the last mark. */
  popMark(): Item[] {
    const before = this.marks.pop();
    if (!before) throw new Error('a mark is missing');
    const items = this.stack;
    this.held -= before.length;
    this.stack = before;
    return items;
  }

  remember(index: number): void {
    if (this.memo.size >= limits.memo) throw new Error('the memo grew too large');
    this.memo.set(index, this.top());
  }

  memorize(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw new Error(`memo ${index} is not set`);
    this.push(this.memo.get(index));
  }

  // -- objects ---------------------------------------------------------------------------------------------------------

  pushTuple(items: Item[]): void {
    // Frozen so that a later APPEND cannot change it, as in Python.
    this.push(Object.freeze(items));
  }

  pushName(module: Item, name: Item): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw new Error('a name that is not a text');
    this.push(new Name(pickleGlobal(module, name)));
  }

  call(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!Array.isArray(args) || !(callee instanceof Name)) throw new Error('a call of something that is not a name');
    const { global } = callee;
    if (global.kind === 'storage') throw new Error('a call of a storage type');
    this.push(global.kind === 'dropped' ? new Dropped(global.name) : global.call(args));
  }

  /** BUILD sets attributes. The only ones expected are notes on an OrderedDict, a tensor or a dropped object: ignored. */
  build(): void {
    this.pop();
    const target = this.top();
    if (!(target instanceof Map || target instanceof TorchTensor || target instanceof Dropped))
      throw new Error('attributes on something that has none');
  }

  persistentId(): void {
    const id = this.pop();
    if (!Array.isArray(id) || id.length !== 5 || id[0] !== 'storage') throw new Error('an unknown persistent id');
    const [, type, key, , count] = id as Item[];
    if (!(type instanceof Name) || type.global.kind !== 'storage') throw new Error('a storage of unknown type');
    if (typeof key !== 'string' || !/^\d{1,9}$/.test(key)) throw new Error('a storage with a wrong key');
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
      throw new Error('a storage with a wrong number of values');
    this.push(new TorchStorage(type.global.dtype, key, count));
  }

  append(items: Item[]): void {
    const list = this.top();
    if (!Array.isArray(list) || Object.isFrozen(list)) throw new Error('items for something that is not a list');
    for (const item of items) list.push(asData(item));
  }

  setItems(items: Item[]): void {
    const map = this.top();
    if (!(map instanceof Map) || items.length % 2) throw new Error('items for something that is not a dictionary');
    for (let i = 0; i < items.length; i += 2) map.set(asKey(items[i]), asData(items[i + 1]));
  }
}

function asKey(item: Item): string | number {
  if (typeof item === 'string' || typeof item === 'number') return item;
  if (item instanceof Name && item.global.kind === 'dropped') return item.global.name;
  throw new Error('a dictionary key that is neither text nor number');
}

function asData(item: Item): PickleValue {
  if (item instanceof Dropped || (item instanceof Name && item.global.kind === 'dropped')) return null;
  if (item instanceof Name || item instanceof TorchStorage) throw new Error('a name or storage where data is expected');
  return item as PickleValue;
}

/** Opcode → what it does. Protocol 2 as `torch.save` writes it, and the additions of protocol 4. */
const operations = new Map<number, (m: Machine) => void>([
  [0x80, (m) => void requireProtocol(m.byte())],
  [0x95, (m) => void [m.uint32(), m.uint32()]], // FRAME: its length only helps buffering
  [0x28, (m) => m.mark()],
  [0x30, (m) => void m.pop()],
  [0x31, (m) => void m.popMark()],
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x4a, (m) => m.push(m.int32())],
  [0x4b, (m) => m.push(m.byte())],
  [0x4d, (m) => m.push(m.uint16())],
  [0x8a, (m) => m.push(m.long(m.byte()))],
  [0x47, (m) => m.push(m.float())],
  [0x58, (m) => m.push(m.text(m.uint32()))],
  [0x8c, (m) => m.push(m.text(m.byte()))],
  [0x55, (m) => m.push(m.text(m.byte()))],
  [0x43, (m) => m.push(m.slice(m.byte()))],
  [0x42, (m) => m.push(m.slice(m.uint32()))],
  [0x5d, (m) => m.push([])],
  [0x7d, (m) => m.push(new Map())],
  [0x29, (m) => m.pushTuple([])],
  [0x85, (m) => m.pushTuple([m.pop()])],
  [0x86, (m) => m.pushTuple([m.pop(), m.pop()].reverse())],
  [0x87, (m) => m.pushTuple([m.pop(), m.pop(), m.pop()].reverse())],
  [0x74, (m) => m.pushTuple(m.popMark())],
  [0x61, (m) => m.append([m.pop()])],
  [0x65, (m) => m.append(m.popMark())],
  [0x73, (m) => m.setItems([m.pop(), m.pop()].reverse())],
  [0x75, (m) => m.setItems(m.popMark())],
  [0x71, (m) => m.remember(m.byte())],
  [0x72, (m) => m.remember(m.uint32())],
  [0x94, (m) => m.memorize()],
  [0x68, (m) => m.recall(m.byte())],
  [0x6a, (m) => m.recall(m.uint32())],
  [0x63, (m) => m.pushName(m.line(), m.line())],
  [0x93, (m) => m.pushName(...([m.pop(), m.pop()].reverse() as [Item, Item]))],
  [0x52, (m) => m.call()],
  [0x81, (m) => m.call()],
  [0x62, (m) => m.build()],
  [0x51, (m) => m.persistentId()],
]);

function requireProtocol(version: number): void {
  if (version < 2 || version > 5) throw new Error(`pickle protocol ${version}`);
}
