import {
  commands,
  type Disposable,
  l10n,
  ProgressLocation,
  Uri,
  window,
  type CancellationToken,
  type Progress,
} from 'vscode';
import { ProductError } from '../common/errors';
import type { CudaSetup } from '../common/protocol/device';
import { readConfiguration } from '../configuration';
import { libraryFolder, onnxRuntimeOf, packageFolder } from '../cuda/cudaFolders';
import { withProvider } from '../cuda/fetchProvider';
import { feedAddress, lookUpProvider, PROVIDER_PACKAGE, type ProviderPackage } from '../cuda/providerFeed';
import { gigabytes } from '../downloads/amounts';
import { freeSpace } from '../downloads/freeSpace';
import { HubFailure } from '../downloads/hubFailure';
import { brisk } from '../downloads/hubSession';
import { patient } from '../downloads/pace';
import { progressReporter } from '../downloads/runDownload';
import type { Services } from '../services';
import { isCancelled } from '../worker/errors';

/** What an installation works with. */
interface Installation {
  services: Services;
  version: string;
  /** Where the libraries go. */
  folder: string;
  storage: string;
}

/** *Install CUDA Support…*: the libraries that ONNX Runtime's npm package leaves out, because they are too large for it. */
export function registerCudaCommands(services: Services): Disposable {
  return services.provided.command('customDiffusion.installCudaSupport', () =>
    install(services).catch((error: unknown) => services.showError(error)),
  );
}

async function install(services: Services): Promise<void> {
  if (!services.requireTrust()) return;
  requireIdle(services);
  const { extension, globalStorageUri } = services.context;
  const version = onnxRuntimeOf(extension);
  const storage = globalStorageUri.fsPath;
  const setup = await services.runtime.request('cuda/setup', {});
  if (setup.obstacle) throw new ProductError('device', 'CUDA', setup.obstacle.problem, setup.obstacle.remedy);
  if (setup.libraries !== undefined && !(await wantsAgain(setup.libraries))) return;
  const installation = { services, version, storage, folder: libraryFolder(storage, version) };
  try {
    const source = await chooseSource(installation, setup);
    if (source === undefined) return;
    await (source instanceof Uri ? fromFile(installation, source.fsPath) : fromFeed(installation, source));
  } catch (error) {
    if (isCancelled(error)) return services.log.info('The installation of CUDA support was stopped');
    throw error;
  }
  await services.runtime.restart();
  await tellResult(services);
}

/** The runtime unpacks, and starts anew afterwards. */
function requireIdle({ jobs }: Services): void {
  if (jobs.running)
    throw new ProductError(
      'conflict',
      'CUDA',
      l10n.t('a training or sampling job is under way'),
      l10n.t('Wait until it ends, or stop it'),
    );
}

async function wantsAgain(folder: string): Promise<boolean> {
  const again = l10n.t('Install Again');
  const message = l10n.t('CUDA support is installed already.');
  return (await window.showInformationMessage(message, { modal: true, detail: folder }, again)) === again;
}

/** The package of the feed or a file of the user's; undefined when they changed their mind. */
async function chooseSource(installation: Installation, setup: CudaSetup): Promise<ProviderPackage | Uri | undefined> {
  const file = l10n.t('Choose File…');
  let found: ProviderPackage;
  try {
    found = await lookUp(installation);
  } catch (error) {
    if (!(error instanceof HubFailure)) throw error;
    // Without a network the package can come on a stick.
    return (await window.showErrorMessage(error.message, file)) === file ? chooseFile() : undefined;
  }
  const download = l10n.t('Download and Install');
  const message = l10n.t('Install CUDA support for ONNX Runtime {0} ({1})?', found.version, gigabytes(found.file.size));
  const detail = await details(installation, setup);
  const answer = await window.showInformationMessage(message, { modal: true, detail }, download, file);
  if (answer === file) return chooseFile();
  return answer === download ? found : undefined;
}

async function details({ folder }: Installation, { driver, gpus }: CudaSetup): Promise<string> {
  const free = await freeSpace(folder);
  return [
    ...gpus.map(({ name }) => name),
    l10n.t('NVIDIA driver {0}', driver ?? ''),
    l10n.t('Package {0} by Microsoft, licence MIT', PROVIDER_PACKAGE),
    l10n.t('To {0}', folder),
    ...(free === undefined ? [] : [l10n.t('Free there: {0}', gigabytes(free))]),
    l10n.t('CUDA 12 and cuDNN 9 are needed as well; they are not part of it.'),
  ].join('\n');
}

async function chooseFile(): Promise<Uri | undefined> {
  const chosen = await window.showOpenDialog({
    title: l10n.t('Package with the CUDA Libraries of ONNX Runtime'),
    filters: { [l10n.t('Packages')]: ['nupkg', 'whl', 'zip'] },
  });
  return chosen?.[0];
}

function lookUp({ version }: Installation): Promise<ProviderPackage> {
  const endpoint = feedAddress(readConfiguration('cuda.packageFeed'));
  return withSignal(l10n.t('Looking for {0}', PROVIDER_PACKAGE), (_progress, signal) =>
    lookUpProvider({ endpoint, pace: brisk }, version, signal),
  );
}

async function fromFeed({ services, storage, folder }: Installation, found: ProviderPackage): Promise<void> {
  const endpoint = feedAddress(readConfiguration('cuda.packageFeed'));
  services.log.info(`Downloading ${found.file.path} from ${new URL(endpoint).host}`);
  await withSignal(l10n.t('Installing CUDA support'), (progress, signal, token) => {
    const onBytes = progressReporter(found.file.size, (message, increment) => progress.report({ message, increment }));
    const options = { access: { endpoint, pace: patient }, signal, onBytes };
    return withProvider(found, packageFolder(storage), options, (path) => {
      progress.report({ message: l10n.t('unpacking') });
      return unpack(services, path, folder, token);
    });
  });
}

async function fromFile({ services, folder }: Installation, path: string): Promise<void> {
  await withSignal(l10n.t('Installing CUDA support'), (_progress, _signal, token) =>
    unpack(services, path, folder, token),
  );
}

async function unpack(
  { runtime, log }: Services,
  source: string,
  folder: string,
  token: CancellationToken,
): Promise<void> {
  const { files, bytes } = await runtime.request('cuda/install', { source, folder }, token);
  log.info(`Installed ${files.join(' and ')} (${gigabytes(bytes)}) into ${folder}`);
}

function withSignal<T>(
  title: string,
  work: (
    progress: Progress<{ message?: string; increment?: number }>,
    signal: AbortSignal,
    token: CancellationToken,
  ) => Promise<T>,
): Promise<T> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    window.withProgress(options, (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return work(progress, controller.signal, token);
    }),
  );
}

/** Only running a graph on it shows that the rest of CUDA is there, too. */
async function tellResult(services: Services): Promise<void> {
  const probes = await services.runtime.request('devices/probe', {});
  const cuda = probes.find(({ name }) => name === 'cuda');
  const show = l10n.t('Show Devices');
  const message = cuda?.usable
    ? window.showInformationMessage(l10n.t('CUDA support is installed and works.'), show)
    : window.showWarningMessage(
        l10n.t('CUDA support is installed, but CUDA cannot be used yet. {0}', cuda?.remedy ?? ''),
        show,
      );
  // Messages may stay for long, and whoever called waits for the installation only.
  void message.then((choice) => choice === show && commands.executeCommand('customDiffusion.showDevices'));
}
