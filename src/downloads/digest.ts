import { createHash, type Hash } from 'node:crypto';
import * as z from 'zod';

/**
 * What a server says a file's content is: a hub names large files by their SHA-256 and small ones by the id git gives them, a
 * package feed has SHA-512. In hexadecimal digits.
 */
export const fileDigest = z.discriminatedUnion('algorithm', [
  z.object({ algorithm: z.literal('sha256'), value: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.object({ algorithm: z.literal('sha512'), value: z.string().regex(/^[0-9a-f]{128}$/) }),
  z.object({ algorithm: z.literal('git'), value: z.string().regex(/^[0-9a-f]{40}$/) }),
]);

/** See {@link fileDigest}. */
export type FileDigest = z.infer<typeof fileDigest>;

/** Starts the digest of a file of so many bytes. */
export function startDigest({ algorithm }: FileDigest, size: number): Hash {
  // Git's ids are over a header and the content.
  return algorithm === 'git' ? createHash('sha1').update(`blob ${size}\0`) : createHash(algorithm);
}
