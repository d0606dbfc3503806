/** One field of a protobuf message. */
export interface ProtobufField {
  field: number;
  /** The bytes of a nested message or a text; empty for numbers. */
  content: Uint8Array;
  /** The number of a varint field. */
  value: bigint;
}

/** The fields of a message of our own making, in their order. @throws RangeError when it is not one */
export function protobufFields(message: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('the message ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const [field, wire] = [key >> 3, key & 7];
    const value = wire === 0 ? varint() : 0n;
    const length = wire === 2 ? Number(varint()) : wire === 5 ? 4 : 0;
    if (![0, 2, 5].includes(wire) || at + length > message.length)
      throw new RangeError(`field ${field} cannot be read`);
    fields.push({ field, content: message.subarray(at, at + length), value });
    at += length;
  }
  return fields;
}
