/** Pieces of pickle streams, to write hostile ones by hand. */
export const pickle = {
  stream: (...pieces: (string | Buffer)[]): Buffer =>
    Buffer.concat([
      Buffer.from([0x80, 2]),
      ...pieces.map((p) => (typeof p === 'string' ? Buffer.from(p, 'latin1') : p)),
    ]),
  text: (text: string): Buffer => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(5, 'X');
    length.writeUInt32LE(bytes.length, 1);
    return Buffer.concat([length, bytes]);
  },
  int: (value: number): Buffer => {
    const bytes = Buffer.alloc(5, 'J');
    bytes.writeInt32LE(value, 1);
    return bytes;
  },
  global: (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`),
  tuple: (...items: Buffer[]): Buffer => Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]),
};

/** A tensor as torch writes it, with every number open to lies. */
export function pickledTensor(options: {
  count?: number;
  offset?: number;
  shape?: number[];
  strides?: number[];
  key?: string;
  storage?: string;
  rebuild?: string;
}): Buffer {
  const { count = 4, offset = 0, shape = [2, 2], strides = [2, 1], key = '0' } = options;
  const { storage = 'FloatStorage', rebuild = '_rebuild_tensor_v2' } = options;
  const { text, int, global, tuple } = pickle;
  const id = Buffer.concat([
    tuple(text('storage'), global('torch', storage), text(key), text('cpu'), int(count)),
    Buffer.from('Q'),
  ]);
  const hooks = Buffer.concat([global('collections', 'OrderedDict'), Buffer.from(')R')]);
  return Buffer.concat([
    global('torch._utils', rebuild),
    tuple(id, int(offset), tuple(...shape.map(int)), tuple(...strides.map(int)), Buffer.from([0x89]), hooks),
    Buffer.from('R'),
  ]);
}
