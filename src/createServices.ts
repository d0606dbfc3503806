import { dirname, join } from 'node:path';
import {
  Disposable,
  l10n,
  RelativePattern,
  Uri,
  workspace,
  type ExtensionContext,
  type LogOutputChannel,
} from 'vscode';
import { ProductError } from './common/errors';
import { computingSettings } from './computing';
import { readConfiguration } from './configuration';
import { nativeFolders, onnxRuntimeOf } from './cuda/cudaFolders';
import { removeToTrash } from './pictures/removeToTrash';
import { trimCache } from './pictures/trimCache';
import { ProductFolders } from './productFolders';
import { Provided } from './provided';
import { RememberedFolders } from './runs/rememberedFolders';
import { RunStore, type WatchFolder } from './runs/runStore';
import { requireTrust, showError, type Services } from './services';
import { JobQueue } from './worker/jobQueue';
import { RuntimeSupervisor } from './worker/runtimeSupervisor';
import { SamplingService } from './worker/samplingService';
import { TrainingService } from './worker/trainingService';

/** Minutes without a word from a job before it is shown as hanging: a full-size step on a CPU may take a minute. */
const SILENCE_MINUTES = 5;

/** Puts the extension's parts together; all of them end with the extension. */
export function createServices(context: ExtensionContext, log: LogOutputChannel): Services {
  const folders = new ProductFolders(context);
  const runtime = new RuntimeSupervisor({
    program: join(context.extensionPath, 'dist', 'runtime.js'),
    log,
    settings: () => ({
      nodePath: readConfiguration('runtime.nodePath'),
      libraryFolders: cudaFolders(context),
      idleMinutes: readConfiguration('runtime.idleMinutes'),
      silenceMinutes: SILENCE_MINUTES,
    }),
    beforeStart: refuseUntrusted,
  });
  // Whatever fills the cache starts the runtime first.
  runtime.onDidChangeState(({ kind }) => kind === 'ready' && void trimCache(folders.cache()));
  const jobs = new JobQueue();
  const training = new TrainingService({
    supervisor: runtime,
    queue: jobs,
    log,
    moveToTrash: (folder) => removeToTrash([folder]),
  });
  const sampling = new SamplingService({ supervisor: runtime, queue: jobs, log, computing: computingSettings });
  const remembered = new RememberedFolders(context.workspaceState);
  const runs = new RunStore({ roots: () => [folders.runs() ?? [], remembered.all].flat(), watch: watchFolder });
  training.onDidChange(({ folder }) => {
    if (folder === undefined) return;
    // Configurations may name another folder than the usual one.
    if (dirname(folder) !== folders.runs()) remembered.add(dirname(folder));
    if (!runs.find(folder)) void runs.refresh();
  });
  context.subscriptions.push(training, sampling, jobs, runtime, runs);
  void runs.refresh();
  return {
    context,
    log,
    provided: new Provided(),
    runtime,
    jobs,
    training,
    sampling,
    runs,
    folders,
    showError: (error) => showError(error, log),
    requireTrust,
  };
}

function refuseUntrusted(): void {
  if (workspace.isTrusted) return;
  throw new ProductError(
    'bad-input',
    '',
    l10n.t('this workspace is not trusted, so the runtime process is not started'),
    l10n.t('Trust the workspace first'),
  );
}

/** CUDA is for one platform; elsewhere the runtime's libraries are the package's. */
function cudaFolders({ globalStorageUri, extension }: ExtensionContext): string[] {
  if (process.platform !== 'linux') return [];
  return nativeFolders(globalStorageUri.fsPath, onnxRuntimeOf(extension), readConfiguration('cuda.libraryFolders'));
}

const watchFolder: WatchFolder = (folder, onChange) => {
  const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(folder), '**'));
  return Disposable.from(
    watcher,
    watcher.onDidCreate(onChange),
    watcher.onDidChange(onChange),
    watcher.onDidDelete(onChange),
  );
};
