/** Writes the protobuf wire format: fields in the order they are added. */
export class ProtobufWriter {
  private readonly chunks: Uint8Array[] = [];

  /** A whole number (wire type 0); negative numbers take ten bytes, as int64 does. */
  integer(field: number, value: number | bigint): this {
    return this.push(varint((field << 3) | 0), varint(value));
  }

  /** A 32-bit float (wire type 5). */
  float(field: number, value: number): this {
    return this.push(varint((field << 3) | 5), new Uint8Array(Float32Array.of(value).buffer));
  }

  /** Bytes, text or a nested message (wire type 2). */
  bytes(field: number, value: Uint8Array | string | ProtobufWriter): this {
    const content =
      typeof value === 'string'
        ? new TextEncoder().encode(value)
        : value instanceof ProtobufWriter
          ? value.finish()
          : value;
    return this.push(varint((field << 3) | 2), varint(content.length), content);
  }

  /** The message. */
  finish(): Uint8Array {
    const result = new Uint8Array(this.chunks.reduce((n, c) => n + c.length, 0));
    let at = 0;
    for (const chunk of this.chunks) {
      result.set(chunk, at);
      at += chunk.length;
    }
    return result;
  }

  private push(...chunks: Uint8Array[]): this {
    this.chunks.push(...chunks);
    return this;
  }
}

function varint(value: number | bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest ? low | 0x80 : low);
  } while (rest);
  return Uint8Array.from(out);
}
