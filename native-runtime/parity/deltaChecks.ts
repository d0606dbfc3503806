import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableRow, type Delta, type DeltaFormat } from '../delta/delta';
import { loadDelta } from '../delta/loadDelta';
import { saveDelta } from '../delta/saveDelta';
import { readTree } from '../delta/tree';
import { openSafetensors, readTensors } from '../formats/safetensors';
import { weightContainer } from '../formats/weightFile';
import type { TensorData } from '../tensorData';
import { compvisNamesFit } from './compvisForm';
import type { Recording } from './recording';
import type { Report } from './report';
import { modifierTokens } from './tokenizerChecks';
import { treeDifferences, type Tree } from './treeDifferences';
import { isModifierRows } from '../train/modifierRows';

const folder = 'deltas';
const trainedMode = 'self-crossattn-kv';

/** A file that holds a whole delta, and the files with one token each that belong to it. */
interface DeltaFile {
  file: string;
  format: DeltaFormat;
  tokenFiles: string[];
  /** Whether the modifier tokens are in it or in its token files. */
  withTokens: boolean;
}

/** Delta files of the reference tools: each loads to what was trained, and what is written in its format equals it. */
export async function deltaChecks(recording: Recording, report: Report): Promise<void> {
  const trained = await trainedDelta(recording);
  const present = await recording.list(folder);
  const expected = await expectedFiles(recording, present, report);
  const known = expected.flatMap(({ file, tokenFiles }) => [file, ...tokenFiles]);
  for (const file of present.filter((name) => !known.includes(name)))
    report.note(`${folder}/${file} is of no known kind`);
  const temporary = await mkdtemp(join(tmpdir(), 'parity-'));
  try {
    for (const file of expected) await checkFile(recording, file, trained, temporary, report);
    await checkOwnFormat(trained, temporary, report);
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/** The recorded result of the mode that the delta files were made of. */
async function trainedDelta(recording: Recording): Promise<Delta> {
  const final = (await recording.tensors(`train.${trainedMode}`)).below('final.');
  const tokens = new Map<string, TensorData[]>();
  for (const [k, token] of (await modifierTokens(recording)).entries())
    tokens.set(
      token,
      recording.base.textEncoders.map((_, i) => tableRow(final.get(`modifier_rows.${i}`)!, k)),
    );
  const unet = new Map([...final].filter(([name]) => !isModifierRows(name)));
  return { unet, modifierTokens: tokens, metadata: {} };
}

/** The files a recording of this family must hold. */
async function expectedFiles(recording: Recording, present: string[], report: Report): Promise<DeltaFile[]> {
  const single = recording.base.textEncoders.length === 1;
  const stems = (await modifierTokens(recording)).map((token) => token.replace(/^<(.+)>$/, '$1'));
  const custom = (ending: '.bin' | '.safetensors', format: DeltaFormat): DeltaFile => ({
    file: `pytorch_custom_diffusion_weights${ending}`,
    format,
    tokenFiles: single ? stems.map((stem) => stem + ending) : [],
    withTokens: single,
  });
  const files: DeltaFile[] = [
    { file: 'delta.bin', format: 'adobe', tokenFiles: [], withTokens: true },
    custom('.bin', 'diffusers-bin'),
    custom('.safetensors', 'diffusers-safetensors'),
  ];
  if (!single) report.note('no token files beside the deltas: the reference tools write none for two text encoders');
  const checkpoint = present.find((name) => /^delta_.*\.ckpt$/.test(name));
  if (checkpoint || compvisNamesFit(recording.base))
    files.push({ file: checkpoint ?? 'delta_epoch=….ckpt', format: 'compvis', tokenFiles: [], withTokens: true });
  else report.note('no delta_epoch=….ckpt: CompVis names exist for SD 1.x and its four levels only');
  return files;
}

async function checkFile(
  recording: Recording,
  { file, format, tokenFiles, withTokens }: DeltaFile,
  trained: Delta,
  temporary: string,
  report: Report,
): Promise<void> {
  const recordedPath = recording.path(join(folder, file));
  const expected = withTokens ? trained : { ...trained, modifierTokens: new Map<string, TensorData[]>() };
  await report.attempt(`delta ${file} loads to what was trained`, async (name) => {
    report.exact(name, deltaDifferences(await loadDelta(recordedPath), expected));
  });
  const ours = await mkdtemp(join(temporary, 'format-'));
  await report.attempt(`delta ${file} is written`, () => saveDelta(join(ours, file), expected, format));
  for (const name of [file, ...tokenFiles])
    await report.attempt(`delta ${name} as written, key by key`, async (check) => {
      report.exact(
        check,
        treeDifferences(await readAny(join(ours, name)), await readAny(recording.path(join(folder, name)))),
      );
    });
}

async function checkOwnFormat(trained: Delta, temporary: string, report: Report): Promise<void> {
  const path = join(temporary, 'delta.safetensors');
  await saveDelta(path, trained, 'safetensors');
  report.exact('delta in our own format, saved and loaded', deltaDifferences(await loadDelta(path), trained));
}

/** The nested contents of a file of either container. */
async function readAny(path: string): Promise<Tree> {
  if ((await weightContainer(path)) === 'torch') return (await readTree(path)) as Tree;
  return readTensors(await openSafetensors(path));
}

function deltaDifferences(ours: Delta, expected: Delta): string[] {
  const asTree = ({ unet, modifierTokens }: Delta): Tree => new Map<string, Tree>([...unet, ...modifierTokens]);
  const order = [...ours.modifierTokens.keys()].join(' ') === [...expected.modifierTokens.keys()].join(' ');
  const differing = treeDifferences(asTree(ours), asTree(expected));
  return order ? differing : [...differing, 'the order of the tokens'];
}
