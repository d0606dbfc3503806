import { l10n, QuickPickItemKind, window, type QuickPickItem } from 'vscode';
import { gigabytes } from './amounts';
import type { DownloadEntry } from './downloads';
import { knownBases } from './knownBases';
import { checkRevision, MAIN_REVISION, parseRepository, type RepositoryChoice } from './repositoryId';

/** What the user wants: to go on with a download, or a repository. */
export type DownloadWish = { resume: DownloadEntry } | { repository: RepositoryChoice };

interface WishItem extends QuickPickItem {
  wish?: DownloadWish;
}

/** Asks what to download; undefined when the user changed their mind. */
export async function askForWish(
  paused: readonly DownloadEntry[],
  endpoint: string,
): Promise<DownloadWish | undefined> {
  const separator = (label: string): WishItem => ({ label, kind: QuickPickItemKind.Separator });
  const resumable = paused.map((resume): WishItem => ({
    label: resume.name,
    description: resume.plan.repository,
    detail: l10n.t('{0} of {1} are here', gigabytes(resume.received), gigabytes(resume.total)),
    wish: { resume },
  }));
  const known = knownBases.map(({ title, repository, resolution, half, full }): WishItem => ({
    label: title,
    description: repository,
    detail: l10n.t('{0} px · about {1} in 16 bits, {2} in 32 bits', resolution, gigabytes(half), gigabytes(full)),
    wish: { repository: { repository, revision: MAIN_REVISION } },
  }));
  const other: WishItem = {
    label: l10n.t('Another Repository…'),
    description: l10n.t('by its name or the address of its page'),
  };
  const items = [
    ...(resumable.length > 0 ? [separator(l10n.t('Resume')), ...resumable] : []),
    separator(l10n.t('Download')),
    ...known,
    other,
  ];
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Download Base Model'),
    placeHolder: l10n.t('From {0}', new URL(endpoint).host),
    matchOnDescription: true,
  });
  if (!chosen) return undefined;
  return chosen.wish ?? askForAnother(endpoint);
}

async function askForAnother(endpoint: string): Promise<DownloadWish | undefined> {
  const title = l10n.t('Download Base Model');
  const problemOf = (check: () => unknown) => {
    try {
      check();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const typed = await window.showInputBox({
    title,
    prompt: l10n.t('Repository (owner/name, or the address of its page)'),
    ignoreFocusOut: true,
    validateInput: (text) => problemOf(() => parseRepository(text, endpoint)),
  });
  if (typed === undefined) return undefined;
  const { repository, revision } = parseRepository(typed, endpoint);
  const named = await window.showInputBox({
    title,
    prompt: l10n.t('Revision of {0}: a branch, tag or commit', repository),
    value: revision,
    ignoreFocusOut: true,
    validateInput: (text) => problemOf(() => checkRevision(text)),
  });
  return named === undefined ? undefined : { repository: { repository, revision: checkRevision(named) } };
}
