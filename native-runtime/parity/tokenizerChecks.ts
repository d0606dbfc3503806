import { z } from 'zod';
import { ClipTokenizer } from '../tokenizer/clipTokenizer';
import { numbersOf } from './measures';
import type { Recording } from './recording';
import type { Report } from './report';

const tokenizerFile = z.object({
  added: z.array(z.string()),
  cases: z.array(
    z.object({ tokenizer: z.number(), text: z.string(), ids: z.array(z.number()), pieces: z.array(z.string()) }),
  ),
});
type TokenizerFile = z.infer<typeof tokenizerFile>;

/** Pieces of a text that a recording keeps. */
const recordedPieces = 75;

/** The recorded modifier tokens, in the order of their embeddings. */
export async function modifierTokens(recording: Recording): Promise<string[]> {
  return (await recording.json('tokenizer', tokenizerFile)).added;
}

/** The base's tokenizers, one for each text encoder, with the recorded modifier tokens added. */
export async function recordedTokenizers(recording: Recording): Promise<ClipTokenizer[]> {
  const added = await modifierTokens(recording);
  const load = async (folder: string) => {
    const tokenizer = await ClipTokenizer.load(folder);
    for (const token of added) tokenizer.addToken(token);
    return tokenizer;
  };
  return Promise.all(recording.base.textEncoders.map(({ tokenizerFolder }) => load(tokenizerFolder)));
}

/** Ids and pieces of every recorded text, the ids of the modifier tokens, and the ids of the training prompts: all exact. */
export async function tokenizerChecks(recording: Recording, report: Report): Promise<void> {
  const recorded = await recording.json('tokenizer', tokenizerFile);
  const tokenizers = await recordedTokenizers(recording);
  for (const [i, tokenizer] of tokenizers.entries()) {
    const cases = recorded.cases.filter((c) => c.tokenizer === i);
    if (!cases.length) report.exact(`tokenizer ${i}`, ['no recorded texts']);
    for (const { text, ids, pieces } of cases) {
      const name = `tokenizer ${i} ${shortened(text)}`;
      report.exact(`${name} ids`, differences(tokenizer.encode(text).ids, ids));
      report.exact(`${name} pieces`, differences(tokenizer.pieces(text).slice(0, recordedPieces), pieces));
    }
    checkModifierIds(recording, recorded, tokenizer, i, report);
  }
  const strangers = recorded.cases.filter((c) => !tokenizers[c.tokenizer]).map((c) => `tokenizer ${c.tokenizer}`);
  report.exact('tokenizers recorded beyond the base model', strangers);
  await checkTrainingPrompts(recording, tokenizers, report);
}

/** A token's id is where the text encoder looks for its row: right behind the vocabulary of the checkpoint. */
function checkModifierIds(
  { base }: Recording,
  { added, cases }: TokenizerFile,
  tokenizer: ClipTokenizer,
  i: number,
  report: Report,
): void {
  for (const [k, token] of added.entries()) {
    const shown = cases.find((c) => c.tokenizer === i && c.pieces.includes(token));
    // Position 0 is the start of the text.
    const recordedId = shown?.ids[shown.pieces.indexOf(token) + 1];
    const expected = [base.textEncoders[i]!.config.vocabularySize + k, recordedId];
    const id = tokenizer.idOf(token);
    const wrong = expected.filter((value) => value !== id).map((value) => `${id} instead of ${value}`);
    report.exact(`tokenizer ${i} id of ${token}`, wrong);
  }
}

async function checkTrainingPrompts(recording: Recording, tokenizers: ClipTokenizer[], report: Report): Promise<void> {
  const { texts } = await recording.json('train', z.object({ texts: z.array(z.string()) }));
  const batch = await recording.tensors('train.batch');
  for (const [i, tokenizer] of tokenizers.entries()) {
    const ours = texts.flatMap((text) => tokenizer.encode(text).ids);
    const recorded = Array.from(numbersOf(batch.get(`input_ids.${i}`)));
    report.exact(`tokenizer ${i} training prompts ids`, differences(ours, recorded));
  }
}

function differences<T>(ours: readonly T[], recorded: readonly T[]): string[] {
  const longer = ours.length > recorded.length ? ours : recorded;
  return [...longer.keys()].flatMap((i) =>
    ours[i] === recorded[i] ? [] : [`position ${i}: ${String(ours[i])} instead of ${String(recorded[i])}`],
  );
}

function shortened(text: string): string {
  const shown = text.length > 32 ? `${text.slice(0, 32)}…` : text;
  return JSON.stringify(shown);
}
