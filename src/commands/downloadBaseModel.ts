import { Disposable, l10n, ProgressLocation, window } from 'vscode';
import { ProductError } from '../common/errors';
import { AccessTokens } from '../downloads/accessTokens';
import { askForWish } from '../downloads/askForRepository';
import { askForChoice, confirmDownload } from '../downloads/confirmDownload';
import { checkSpace } from '../downloads/downloadFiles';
import type { DownloadEntry } from '../downloads/downloads';
import { fileChoices } from '../downloads/fileChoice';
import { freeSpace } from '../downloads/freeSpace';
import { brisk, HubSession } from '../downloads/hubSession';
import { downloadFolder, makePlan, whatIsThere } from '../downloads/makePlan';
import { offerModel } from '../downloads/offerModel';
import { totalBytes, type DownloadPlan } from '../downloads/plan';
import type { RepositoryChoice } from '../downloads/repositoryId';
import { listRepository, type RepositoryListing } from '../downloads/repositoryListing';
import { runDownload } from '../downloads/runDownload';
import { sharedDownloads } from '../downloads/sharedDownloads';
import { bytesPresent } from '../downloads/unfinished';
import type { Services } from '../services';
import { isCancelled } from '../worker/errors';

/** Base models from a hub: download, resume, cancel, discard; and forgetting the token. Nothing is fetched without a command. */
export function registerDownloadCommands(services: Services): Disposable {
  const { context } = services;
  const command = (id: string, work: (argument: unknown) => Promise<void>) =>
    services.provided.command(id, (argument) =>
      (services.requireTrust() ? work(argument) : Promise.resolve()).catch((error: unknown) =>
        services.showError(error),
      ),
    );
  return Disposable.from(
    command('customDiffusion.downloadBaseModel', () => download(services)),
    command('customDiffusion.resumeDownload', async (entry) => {
      if (isDownload(entry)) await resume(services, new HubSession(services), entry);
    }),
    command('customDiffusion.cancelDownload', async (entry) => {
      if (isDownload(entry)) sharedDownloads(services).cancel(entry.folder);
    }),
    command('customDiffusion.discardDownload', async (entry) => {
      if (isDownload(entry)) await discard(services, entry);
    }),
    command('customDiffusion.forgetAccessToken', async () => {
      const count = await new AccessTokens(context.secrets, context.globalState).forgetAll();
      const message =
        count > 0 ? l10n.t('The access token is forgotten.') : l10n.t('There is no access token to forget.');
      await window.showInformationMessage(message);
    }),
  );
}

async function download(services: Services): Promise<void> {
  const session = new HubSession(services);
  const paused = (await sharedDownloads(services).list()).filter(({ state }) => state === 'paused');
  const wish = await askForWish(paused, session.endpoint);
  if (!wish) return;
  if ('resume' in wish) return resume(services, session, wish.resume);
  const listing = await look(session, wish.repository);
  const choice = listing && (await askForChoice(listing.repository, fileChoices(listing)));
  if (!choice) return;
  const plan = makePlan(listing, choice);
  const wanted = downloadFolder(services.folders.models(), listing, choice);
  const target = await settleFolder(wanted, plan);
  if (target === undefined) return;
  if ('base' in target) return offerModel(services, target.base);
  const { folder } = target;
  const [present, free] = await Promise.all([bytesPresent(folder, plan), freeSpace(folder)]);
  checkSpace(totalBytes(plan.files) - present, free, folder);
  if (!(await confirmDownload({ listing, choice, folder, present, free }))) return;
  await finish(services, session, plan, folder);
}

/** Asks the hub what a repository holds; undefined when the user cancelled. */
async function look(session: HubSession, wanted: RepositoryChoice): Promise<RepositoryListing | undefined> {
  const { repository } = wanted;
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t('Looking at {0}', repository),
    cancellable: true,
  };
  return session
    .ask(repository, brisk, (access) =>
      window.withProgress(options, (_progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => controller.abort());
        return listRepository(wanted, access, controller.signal);
      }),
    )
    .catch((error: unknown) => {
      if (isCancelled(error)) return undefined;
      throw error;
    });
}

/** Where a download goes, or the model that is there already; undefined when the user changed their mind. */
async function settleFolder(
  folder: string,
  plan: DownloadPlan,
): Promise<{ folder: string } | { base: string } | undefined> {
  const present = await whatIsThere(folder, plan);
  switch (present.kind) {
    case 'nothing':
      return { folder };
    case 'same':
      return { base: present.base };
    case 'foreign':
      throw new ProductError(
        'conflict',
        folder,
        l10n.t('a folder of this name is there, which was not downloaded from {0}', plan.repository),
        l10n.t('Rename it, or choose another folder in customDiffusion.models.downloadFolder'),
      );
    case 'other-version': {
      const use = l10n.t('Use What Is Here');
      const fetchNew = l10n.t('Download New Version');
      const message = l10n.t('Another version of {0} is here ({1}).', plan.repository, present.commit.slice(0, 8));
      const choice = await window.showInformationMessage(message, { modal: true }, use, fetchNew);
      if (choice === use) return { base: present.base };
      return choice === fetchNew ? settleFolder(`${folder}-${plan.commit.slice(0, 8)}`, plan) : undefined;
    }
  }
}

async function resume(services: Services, session: HubSession, { plan, folder }: DownloadEntry): Promise<void> {
  await finish(services, session, plan, folder);
}

async function finish(services: Services, session: HubSession, plan: DownloadPlan, folder: string): Promise<void> {
  const base = await runDownload(services, session, plan, folder);
  if (base !== undefined) await offerModel(services, base);
}

async function discard(services: Services, { folder, name }: DownloadEntry): Promise<void> {
  const discarding = l10n.t('Discard');
  const message = l10n.t('Discard what has arrived of {0}?', name);
  if ((await window.showWarningMessage(message, { modal: true }, discarding)) === discarding)
    await sharedDownloads(services).discard(folder);
}

function isDownload(entry: unknown): entry is DownloadEntry {
  return typeof entry === 'object' && entry !== null && (entry as { kind?: unknown }).kind === 'download';
}
