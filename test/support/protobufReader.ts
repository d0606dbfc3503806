/** One field of a protobuf message: its number and a whole number or bytes. */
export interface Field {
  number: number;
  value: number | Uint8Array;
}

/** The fields of a message in wire order; nested messages and text stay bytes. @throws Error on other wire types */
export function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [number, wireType] = [tag >>> 3, tag & 7];
    if (wireType === 0) fields.push({ number, value: varint() });
    else if (wireType === 2 || wireType === 5) {
      const length = wireType === 5 ? 4 : varint();
      fields.push({ number, value: message.subarray(at, at + length) });
      at += length;
    } else throw new Error(`wire type ${wireType}`);
  }
  if (at !== message.length) throw new Error('the message ends inside a field');
  return fields;
}

/** All values of one field that are bytes. */
export function bytesOf(message: Uint8Array, number: number): Uint8Array[] {
  return readFields(message).flatMap((f) => (f.number === number && typeof f.value !== 'number' ? [f.value] : []));
}

/** All values of one field, as text. */
export function textsOf(message: Uint8Array, number: number): string[] {
  return bytesOf(message, number).map((bytes) => new TextDecoder().decode(bytes));
}
