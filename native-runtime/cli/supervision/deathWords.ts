import { ProductError } from '../../../src/common/errors';
import { firstChanged, type ChangedFile, type UsedFile } from '../../../src/common/modelFiles';
import { fileStamp } from '../../formats/fileStamp';
import { readJsonObject } from '../../formats/jsonFile';
import { RunFolder } from '../../train/runFolder';
import { offerOfLess, resumeCommandOf } from '../lessMemory';
import type { Death } from './death';
import { isUsedFile } from './messages';
import type { CommandFacts } from './supervise';

/** Says what a command probably died of, and what to do. Never throws. */
export async function describeDeath(command: string, death: Death, facts: CommandFacts): Promise<ProductError> {
  const { run = '', model = '' } = facts;
  const goOn = onwards(command, facts);
  const error = (code: ProductError['code'], where: string, problem: string, ...remedy: string[]) =>
    new ProductError(code, where, `${problem} (${death.name})`, [...remedy, goOn].filter(Boolean).join('. '));
  if (death.signal === 'SIGKILL') {
    const problem = `the system killed the command, probably because memory ran out (${death.name})`;
    return new ProductError('out-of-memory', run, problem, await withLess(command, facts, goOn));
  }
  const changed = await firstChanged(await usedFiles(facts), async (path) => fileStamp(path)?.size);
  if (changed) return error('bad-file', changed.path, inWords(changed), 'Put the file back as it was');
  switch (death.signal) {
    case 'SIGBUS':
      return error(
        'bad-file',
        model,
        'a file was cut off while it was in use, or cannot be read',
        'Check the model files',
      );
    case 'SIGSEGV':
    case 'SIGABRT': {
      const remedy = 'Lines above may say why; update the graphics driver or compute with --device cpu';
      return error('device', run, 'the command crashed in native code', remedy);
    }
    case 'SIGTRAP':
    case 'SIGILL':
      return error('internal', run, 'the command met an instruction that this processor does not know');
    default:
      return error('internal', run, 'the command was ended from outside');
  }
}

/** What remains of the work, as a sentence. */
function onwards(command: string, { run }: CommandFacts): string {
  if (run !== undefined) return `To go on: ${resumeCommandOf(run)}`;
  return command === 'study' ? 'The same command goes on with the study' : '';
}

async function withLess(command: string, { run }: CommandFacts, goOn: string): Promise<string> {
  if (run === undefined)
    return [lessMemory[command] ?? 'Close other programs or use a smaller base model', goOn].filter(Boolean).join('. ');
  // Nothing is smaller, or the run cannot be read any more.
  return (await offerOfLess(run)) ?? `Close other programs. ${goOn}`;
}

const lessMemory: Readonly<Record<string, string>> = {
  train: 'Lower --resolution or --instance-rows, or close other programs',
  sample: 'Choose a smaller --size or --batch, or close other programs',
  attention: 'Choose a smaller --size, or close other programs',
};

/** Files that were mapped: those the run was prepared with, or those of the base that was opened. */
async function usedFiles({ run, files }: CommandFacts): Promise<readonly UsedFile[]> {
  if (run === undefined) return files;
  const { base } = await readJsonObject(new RunFolder(run).manifest).catch(() => ({ base: undefined }));
  const listed = (base as { files?: unknown } | undefined)?.files;
  return Array.isArray(listed) ? listed.filter(isUsedFile) : files;
}

function inWords({ change, bytes, now }: ChangedFile): string {
  if (change === 'gone') return 'the model file was deleted or moved while it was in use';
  return `the model file was changed while it was in use: it had ${bytes} bytes, now ${now}`;
}
