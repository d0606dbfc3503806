import { env, l10n, Uri, window } from 'vscode';
import { gigabytes } from './amounts';
import type { FileChoice } from './fileChoice';
import { totalBytes } from './plan';
import type { RepositoryListing } from './repositoryListing';

/** What the user should know of a download before it starts. */
export interface DownloadFacts {
  listing: RepositoryListing;
  choice: FileChoice;
  folder: string;
  /** Bytes that an earlier attempt has left. */
  present: number;
  /** Free bytes where the folder is, if the system tells. */
  free: number | undefined;
}

/** Asks which of the ways to take a model; undefined when the user changed their mind. */
export async function askForChoice(
  repository: string,
  choices: readonly FileChoice[],
): Promise<FileChoice | undefined> {
  const [first] = choices;
  if (choices.length === 1) return first;
  const items = choices.map((choice) => ({ ...choiceWords(choice), choice }));
  const title = l10n.t('Download {0}', repository);
  return (await window.showQuickPick(items, { title, matchOnDescription: true }))?.choice;
}

function choiceWords(choice: FileChoice): { label: string; description: string; detail?: string } {
  const description = gigabytes(totalBytes(choice.files));
  switch (choice.kind) {
    case 'half':
      return {
        label: l10n.t('16-bit weights'),
        description,
        detail: l10n.t('Half the download and half the memory; pictures differ by less than the eye sees'),
      };
    case 'full':
      return { label: l10n.t('Weights as published, usually 32 bits'), description };
    case 'single':
      return { label: choice.singleFile ?? '', description };
  }
}

/** Shows size, space and licence, and asks whether to start. */
export async function confirmDownload(facts: DownloadFacts): Promise<boolean> {
  const { listing, choice } = facts;
  const { licence, repository } = listing;
  const download = licence.free ? l10n.t('Download') : l10n.t('Accept Licence and Download');
  const read = l10n.t('Read Licence');
  const message = l10n.t('Download {0} ({1})?', repository, gigabytes(totalBytes(choice.files)));
  for (;;) {
    const answer = await window.showInformationMessage(
      message,
      { modal: true, detail: details(facts) },
      download,
      read,
    );
    if (answer !== read) return answer === download;
    await env.openExternal(Uri.parse(licence.link));
  }
}

function details({ listing, choice, folder, present, free }: DownloadFacts): string {
  const { licence, gated, commit, revision } = listing;
  const lines = [
    ...(present > 0 ? [l10n.t('{0} of it are here already.', gigabytes(present))] : []),
    l10n.t('To {0}', folder),
    ...(free === undefined ? [] : [l10n.t('Free there: {0}', gigabytes(free))]),
    l10n.t('Revision {0} ({1})', revision, commit.slice(0, 8)),
    l10n.t('Licence: {0}', licence.name),
    ...(licence.free ? [] : [l10n.t('This licence sets conditions for the use of the model. Read it first.')]),
    ...(gated ? [l10n.t('Its owner grants access to people who ask for it; an access token is needed.')] : []),
    ...(choice.pickles ? [l10n.t('Its weights are pickles. They are read as data; nothing in them is run.')] : []),
  ];
  return lines.join('\n');
}
