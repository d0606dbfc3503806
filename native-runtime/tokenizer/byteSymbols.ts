/**
 * The printable symbol of each byte in byte-level BPE vocabularies: printable Latin-1 stands for itself, the other 68 bytes
 * for the characters from U+0100 on (Radford et al., 2019).
 */
export const byteSymbols: readonly string[] = makeByteSymbols();

function makeByteSymbols(): string[] {
  const printable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

/** The symbols of a text's UTF-8 bytes, in order. */
export function toByteSymbols(text: string): string[] {
  return Array.from(new TextEncoder().encode(text), (byte) => byteSymbols[byte]!);
}
