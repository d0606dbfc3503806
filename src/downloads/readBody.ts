import type { IdleWatch } from './idleWatch';

/**
 * Reads a whole answer, noting that it goes on.
 * @throws what `tooLong` gives when the answer is longer than `mostBytes`
 */
export async function readBody(
  response: Response,
  watch: IdleWatch,
  mostBytes: number,
  tooLong: () => Error,
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    watch.touch();
    chunks.push(chunk as Uint8Array);
    length += (chunk as Uint8Array).length;
    if (length > mostBytes) throw tooLong();
  }
  return Buffer.concat(chunks);
}
