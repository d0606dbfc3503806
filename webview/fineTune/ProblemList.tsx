import type { FieldProblem } from '../../src/common/webview/fineTune';
import { formatText } from '../ui/formatText';
import { Icon } from '../ui/Icon';
import { focusField } from './focusField';
import { sentence, usePage } from './page';

/** Everything that stops the start, with a way to the field each belongs to. */
export function ProblemList() {
  const { strings, state } = usePage();
  const { problems, warnings, failure } = state.check;
  return (
    <>
      {failure && (
        <p class="problem" role="alert">
          {formatText(strings.checkFailed, failure)}
        </p>
      )}
      {problems.length > 0 && (
        <div>
          <h3>{strings.problems}</h3>
          <ul class="problem-list">
            {problems.map((problem) => (
              <li key={`${problem.field} ${problem.file ?? ''} ${problem.problem}`} class="remark">
                <Icon name="error" />{' '}
                {problem.field ? (
                  <a
                    href={`#${problem.field}`}
                    onClick={(event) => {
                      event.preventDefault();
                      focusField(problem.field);
                    }}
                  >
                    {placeOf(problem)}
                  </a>
                ) : (
                  strings.elsewhere
                )}
                {`: ${sentence(problem)}`}
              </li>
            ))}
          </ul>
        </div>
      )}
      {warnings.length > 0 && (
        <details>
          <summary>{`${strings.warnings} (${warnings.length})`}</summary>
          <ul class="problem-list">
            {warnings.map((warning) => (
              <li key={warning} class="remark warning">
                <Icon name="warning" /> {warning}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The field as the document writes it, which is also how it is found there; the file where it is about one. */
function placeOf({ field, file }: FieldProblem): string {
  const path = field.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');
  return file === undefined ? path : `${path}/${file}`;
}
