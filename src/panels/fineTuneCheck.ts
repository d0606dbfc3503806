import { findConfigProblems } from '../common/config/checkTrainConfig';
import { resolveTrainConfig } from '../common/config/resolveTrainConfig';
import type { TrainConfig } from '../common/config/trainConfig';
import type { TrainingCheck } from '../common/protocol/training';
import type { CheckState, FieldProblem } from '../common/webview/fineTune';
import type { FineTuneDraft } from '../common/webview/fineTuneDraft';
import { conceptFolders } from './fineTunePaths';
import { fieldProblem } from './fineTuneProblems';
import { warningText } from './warningText';

/** What can be said of a draft at once, without the runtime: its schema, the rules between fields, the defaults. */
export function checkAtOnce(draft: FineTuneDraft): { problems: FieldProblem[]; resolved?: FineTuneDraft } {
  const problems = findConfigProblems(draft).map(({ path, problem, remedy }) =>
    fieldProblem({ field: path, problem, remedy }, []),
  );
  if (problems.length > 0) return { problems };
  return { problems, resolved: { ...resolveTrainConfig(draft as TrainConfig) } };
}

/** The runtime's answer as the page shows it. What is said about pictures is shown at the pictures, and not once more. */
export function checkStateOf(check: TrainingCheck, draft: FineTuneDraft, folder: string): CheckState {
  const folders = conceptFolders(draft, folder);
  const { problems, warnings, resolved, estimate } = check;
  return {
    pending: false,
    problems: problems.map((problem) => fieldProblem(problem, folders)),
    warnings: warnings.filter((warning) => !folders.some((at) => at && isAbout(warning, at))).map(warningText),
    ...(resolved ? { resolved } : {}),
    ...(estimate ? { estimate } : {}),
  };
}

function isAbout(warning: string, folder: string): boolean {
  return warning.startsWith(folder) && /^[\\/:]/.test(warning.slice(folder.length));
}
