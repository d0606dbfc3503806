import type { ErrorCode } from '../common/errors';
import { signalOfExitCode } from '../common/exitSignals';
import type { ChangedModelFile } from '../runs/modelFiles';
import { l10n } from '../translation';

/** How a runtime process ended. */
export interface RuntimeExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The process ran in the editor's Electron, whose memory allocator has limits of its own. */
  underElectron: boolean;
  /** The editor ended it. */
  intended: boolean;
  /** The last lines it wrote. */
  output: readonly string[];
  /** A model file that it had open and that is not as long as it was. */
  changedFile?: ChangedModelFile;
}

/** An exit in words. */
export interface ExitWords {
  code: ErrorCode;
  /** The file at fault, if one is known. */
  where?: string;
  problem: string;
  remedy: string;
}

const lessMemory = () => l10n.t('Lower the resolution or the rows per step, or close other programs');
const seeLog = () => l10n.t('The log says more; the next use starts it again');

/** What was written before the end tells more than the exit itself. */
const outputSigns: readonly [RegExp, () => ExitWords][] = [
  [
    /device (?:is |was )?lost|VK_ERROR_DEVICE_LOST|DXGI_ERROR_DEVICE_(?:REMOVED|HUNG|RESET)|GPU is lost|CUDA failure 7\d\d/i,
    () => ({
      code: 'device-lost',
      problem: l10n.t('the graphics processor stopped working or was taken away'),
      remedy: l10n.t('If it happens again, use the device "cpu"'),
    }),
  ],
  [
    /JavaScript heap out of memory|std::bad_alloc|out of memory/i,
    () => ({ code: 'out-of-memory', problem: l10n.t('the runtime ran out of memory'), remedy: lessMemory() }),
  ],
  [
    /Cannot find module|ERR_DLOPEN_FAILED|GLIBC_\d|invalid ELF header/,
    () => ({
      code: 'internal',
      problem: l10n.t('the runtime could not load a part of itself'),
      remedy: l10n.t('Install the build of the extension that is made for this platform'),
    }),
  ],
];

/** Says what an exit code or signal probably means, and what to do. */
export function describeExit(exit: RuntimeExit): ExitWords {
  if (exit.intended) return { code: 'cancelled', problem: l10n.t('the runtime was stopped'), remedy: '' };
  const output = exit.output.join('\n');
  const sign = outputSigns.find(([pattern]) => pattern.test(output));
  if (sign) return sign[1]();
  const signal = exit.signal ?? (exit.code === null ? undefined : signalOfExitCode(exit.code));
  // Another fault than SIGBUS may come of what was read from the file before it is missed.
  if (signal && signal !== 'SIGKILL' && exit.changedFile) return describeChange(exit.changedFile, signal);
  if (signal) return describeSignal(signal, exit.underElectron);
  if (exit.code === 0xc0000135)
    return {
      code: 'internal',
      problem: l10n.t('the runtime misses a system library'),
      remedy: l10n.t('Install the Microsoft Visual C++ Redistributable'),
    };
  if (exit.code === 0) return { code: 'internal', problem: l10n.t('the runtime ended by itself'), remedy: seeLog() };
  const problem =
    exit.code === null
      ? l10n.t('the runtime ended for an unknown reason')
      : l10n.t('the runtime ended with exit code {0}', exit.code);
  return { code: 'internal', problem, remedy: seeLog() };
}

function describeChange({ path, problem }: ChangedModelFile, signal: string): ExitWords {
  const remedy = l10n.t('Put the file back as it was');
  return { code: 'bad-file', where: path, problem: `${problem} (${signal})`, remedy };
}

function describeSignal(signal: NodeJS.Signals, underElectron: boolean): ExitWords {
  switch (signal) {
    case 'SIGKILL':
      return {
        code: 'out-of-memory',
        problem: l10n.t('the runtime was killed by the system, probably because memory ran out (SIGKILL)'),
        remedy: lessMemory(),
      };
    case 'SIGTRAP':
    case 'SIGILL':
      return underElectron
        ? {
            code: 'out-of-memory',
            problem: l10n.t('the editor refused the runtime a block of 2 GiB of memory ({0})', signal),
            remedy: l10n.t('Set a Node program for the runtime in the settings, or lower the resolution'),
          }
        : {
            code: 'internal',
            problem: l10n.t('the runtime met an instruction that this processor does not know ({0})', signal),
            remedy: seeLog(),
          };
    case 'SIGBUS':
      return {
        code: 'bad-file',
        problem: l10n.t('a file was changed or cut off while the runtime had it in use (SIGBUS)'),
        remedy: l10n.t('Check the model file, then start again'),
      };
    case 'SIGSEGV':
    case 'SIGABRT':
      return {
        code: 'device',
        problem: l10n.t('the runtime crashed in native code ({0})', signal),
        remedy: l10n.t('Update the graphics driver or choose the device "cpu"; the log says more'),
      };
    case 'SIGTERM':
    case 'SIGINT':
    case 'SIGHUP':
      return { code: 'internal', problem: l10n.t('another program ended the runtime ({0})', signal), remedy: seeLog() };
    default:
      return { code: 'internal', problem: l10n.t('the runtime ended by {0}', signal), remedy: seeLog() };
  }
}
