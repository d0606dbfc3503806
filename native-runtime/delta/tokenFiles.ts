import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { openWeightFile } from '../formats/weightFile';
import { writeSafetensors } from '../formats/safetensors';
import { writeTorchFile } from '../formats/torchWriter';
import type { TensorData } from '../tensorData';
import { asTokenRow } from './delta';

/** Embeddings are a few KiB; anything larger beside a delta is something else and is not opened. */
const maxBytes = 4 * 2 ** 20;

/** SDXL's names for the vectors of its two encoders. */
const encoderKeys = ['clip_l', 'clip_g'];

/**
 * Reads the embeddings that diffusers keeps beside its weights, one file for each token: `new1.bin` (or `<new1>.bin`) and the
 * same as safetensors. Where a token has both, the file with the weights' own ending wins.
 * @returns token → one row for each text encoder, in the natural order of the names
 * @throws ProductError `bad-file` when a file named like a token is damaged
 */
export async function readTokenFiles(weightsPath: string): Promise<Map<string, TensorData[]>> {
  const folder = dirname(weightsPath);
  const ending = extname(weightsPath);
  const files = (await readdir(folder))
    .filter((f) => f !== basename(weightsPath) && ['.bin', '.safetensors'].includes(extname(f)))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const tokens = new Map<string, TensorData[]>();
  for (const file of files) {
    const found = await readTokenFile(join(folder, file));
    if (found && (extname(file) === ending || !tokens.has(found.token))) tokens.set(found.token, found.rows);
  }
  return tokens;
}

async function readTokenFile(path: string): Promise<{ token: string; rows: TensorData[] } | undefined> {
  const stem = basename(path, extname(path));
  const { size } = await stat(path);
  if (size > maxBytes) return undefined;
  const file = await openWeightFile(path).catch((error: unknown) => {
    // A damaged stranger is none of our business; a damaged token is.
    if (/^<.+>$/.test(stem)) throw error;
    return undefined;
  });
  if (!file) return undefined;
  const names = [...file.tensors.keys()];
  const byEncoder = encoderKeys.filter((key) => file.tensors.has(key));
  const keys = byEncoder.length > 0 ? byEncoder : names;
  const isToken = byEncoder.length === names.length || (names.length === 1 && /^(emb_params|<.+>)$/s.test(names[0]!));
  if (keys.length === 0 || !isToken) return undefined;
  const token = file.metadata['token'] ?? (/^<.+>$/s.test(keys[0]!) ? keys[0]! : `<${stem.replace(/^<|>$/g, '')}>`);
  const tensors = await file.read(keys);
  return { token, rows: keys.map((key) => asTokenRow(tensors.get(key)!, token, path)) };
}

/**
 * Writes one embedding file for each token into the folder. Names are made safe for every file system: `<new1>` is `new1`.
 * @throws ProductError `disk-full`
 */
export async function writeTokenFiles(
  folder: string,
  tokens: ReadonlyMap<string, TensorData[]>,
  ending: '.bin' | '.safetensors',
): Promise<void> {
  const used = new Set<string>();
  for (const [token, rows] of tokens) {
    const path = join(folder, uniqueStem(token, used) + ending);
    if (ending === '.safetensors') await writeSafetensors(path, asTables(rows), { token });
    else await writeTorchFile(path, rows.length === 1 ? new Map([[token, rows[0]!]]) : asTables(rows));
  }
}

function uniqueStem(token: string, used: Set<string>): string {
  const plain = token.replace(/^<(.+)>$/s, '$1').replace(/[^\p{L}\p{N}._ -]/gu, '_') || 'token';
  let stem = plain;
  for (let i = 2; used.has(stem.toLowerCase()); i++) stem = `${plain}-${i}`;
  used.add(stem.toLowerCase());
  return stem;
}

/** Rows as tables of one row under the names other programs look for. */
function asTables(rows: readonly TensorData[]): Map<string, TensorData> {
  const names = rows.length === 1 ? ['emb_params'] : encoderKeys;
  return new Map(rows.map((row, i) => [names[i]!, { ...row, shape: [1, row.data.length] }]));
}
