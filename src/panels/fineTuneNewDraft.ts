import { defaultOutput } from '../common/config/trainDefaults';
import type { ComputingChoice } from '../common/protocol/device';
import type { FineTuneDraft } from '../common/webview/fineTuneDraft';
import { guessClassNoun } from './fineTuneClassNoun';
import { writtenPath } from './fineTunePaths';

/** What settings say about new fine-tunes; absent where they leave it to the engine. */
export interface DraftSettings {
  base: string;
  mode?: string;
  sampleEvery?: number;
  threads?: number;
  computing?: ComputingChoice;
  /** Folder of runs. */
  output?: string;
}

/**
 * The form for some folders of pictures. Only what is known is written: all else is a default.
 * @param root where the configuration's relative paths start
 */
export function newDraft(folders: readonly string[], root: string, settings: DraftSettings): FineTuneDraft {
  const { base, mode, sampleEvery, threads, computing, output } = settings;
  const written = output === undefined ? undefined : writtenPath(output, root);
  return {
    base,
    // The engine's own default lies in the folder of the configuration.
    ...(written === undefined || written === defaultOutput ? {} : { output: written }),
    concepts: folders.map((folder, i) => newConcept(folder, root, i + 1)),
    ...(mode === undefined ? {} : { mode }),
    ...(sampleEvery ? { sample: { every: sampleEvery } } : {}),
    ...(threads ? { threads } : {}),
    ...computing,
  };
}

/** A concept of a new form: its noun is guessed from the folder's name. */
export function newConcept(folder: string, root: string, number: number): Record<string, unknown> {
  return { folder: writtenPath(folder, root), classNoun: guessClassNoun(folder), modifierToken: `<new${number}>` };
}

/** The smallest number whose modifier token no concept has yet. */
export function freeTokenNumber(tokens: readonly unknown[]): number {
  let number = 1;
  while (tokens.some((token) => typeof token === 'string' && token.toLowerCase() === `<new${number}>`)) number++;
  return number;
}
