import { Option, type Command } from 'commander';
import type { ConceptConfig } from '../../src/common/config/trainConfig';
import { ProductError } from '../../src/common/errors';
import { oneOf, wholeNumber } from './arguments';

type Draft = Partial<ConceptConfig>;

/**
 * The flags that describe concepts. Each `--concept` begins another one, and the flags after it belong to it:
 * `--concept ./cat --class cat --concept ./dog --class dog`.
 */
export class ConceptFlags {
  private readonly drafts: Draft[] = [];

  /** Adds the flags to a command. The same object must not serve two commands that are both parsed. */
  addTo(command: Command): void {
    const flag = (flags: string, description: string, apply: (draft: Draft, text: string) => void) =>
      command.addOption(
        new Option(flags, description).argParser((text: string) => {
          apply(this.latest(flags.split(' ')[0]!), text);
          return text;
        }),
      );
    command.option('--concept <folder>', 'folder with pictures of a subject; repeat for several subjects', (folder) => {
      this.drafts.push({ folder });
      return folder;
    });
    flag('--class <noun>', 'what the subject is a kind of, such as cat', (d, text) =>
      set(d, 'classNoun', text, '--class'),
    );
    flag('--token <token>', 'new word for the subject (default: <new1>, <new2>, …)', (d, text) =>
      set(d, 'modifierToken', text, '--token'),
    );
    flag('--initialiser <word>', 'word that the new one starts from', (d, text) =>
      set(d, 'initialiser', text, '--initialiser'),
    );
    flag('--template <caption>', 'caption with {} where the subject goes (default: "photo of a {}")', (d, text) =>
      set(d, 'template', text, '--template'),
    );
    flag('--captions <source>', 'where captions come from: template, fileNames, text', (d, text) =>
      set(d, 'captions', oneOf(['template', 'fileNames', 'text'])(text), '--captions'),
    );
    flag('--prior <kind>', 'pictures of the class: generated, folder, none (default: generated)', (d, text) => {
      d.prior = { ...d.prior, kind: oneOf(['generated', 'folder', 'none'])(text) };
    });
    flag('--prior-folder <folder>', 'folder with pictures of the class', (d, folder) => {
      d.prior = { kind: 'folder', ...d.prior, folder };
    });
    flag('--prior-count <n>', 'number of pictures of the class', (d, text) => {
      d.prior = { ...d.prior, count: wholeNumber(1, 100_000)(text) };
    });
  }

  /** Adds a concept that is known otherwise than by flags. */
  add(concept: ConceptConfig): void {
    this.drafts.push(concept);
  }

  /** Whether any concept was described. */
  get any(): boolean {
    return this.drafts.length > 0;
  }

  /** The concepts in the order written. @throws ProductError `bad-config` for one without a class noun. */
  concepts(): ConceptConfig[] {
    return this.drafts.map((draft) => {
      const { folder, classNoun } = draft;
      if (folder !== undefined && classNoun !== undefined) return { ...draft, folder, classNoun };
      throw new ProductError(
        'bad-config',
        `--concept ${folder}`,
        'no class noun follows it',
        'Say what the subject is a kind of, such as --class cat',
      );
    });
  }

  private latest(flag: string): Draft {
    const draft = this.drafts.at(-1);
    if (draft) return draft;
    throw new ProductError('bad-config', flag, 'there is no concept before it', 'Write --concept FOLDER first');
  }
}

function set<K extends 'classNoun' | 'modifierToken' | 'initialiser' | 'template' | 'captions'>(
  draft: Draft,
  key: K,
  value: Draft[K],
  flag: string,
): void {
  if (draft[key] !== undefined)
    throw new ProductError(
      'bad-config',
      flag,
      `is given twice for ${draft.folder}`,
      'Write another --concept FOLDER before the second',
    );
  draft[key] = value;
}
