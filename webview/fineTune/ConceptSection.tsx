import { valueAt } from '../../src/common/webview/fineTuneDraft';
import { DatasetPreview } from '../dataset/DatasetPreview';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { ConfigField } from './ConfigField';
import { captionFields, priorFields, subjectFields } from './fieldTable';
import { problemText, usePage } from './page';

/** One concept: what it is called, its pictures, its prior pictures. */
export function ConceptSection({ concept, removable }: { concept: number; removable: boolean }) {
  const { strings, state, post } = usePage();
  const folder = String(valueAt(state.config, ['concepts', concept, 'folder']) ?? '');
  const name = folder.split(/[\\/]/).filter(Boolean).at(-1) ?? folder;
  const kind =
    valueAt(state.config, ['concepts', concept, 'prior', 'kind']) ??
    valueAt(state.check.resolved, ['concepts', concept, 'prior', 'kind']) ??
    'generated';
  const title = `concept-${concept}`;
  const problem = problemText(state.check.problems, `concepts.${concept}.folder`);
  return (
    <section class="concept" aria-labelledby={title}>
      <div class="row spread">
        <h2 id={title} title={folder}>
          {formatText(strings.concept, concept + 1, name)}
        </h2>
        {removable && (
          <Button
            appearance="icon"
            icon="trash"
            label={formatText(strings.removeConcept, name)}
            onClick={() => post({ type: 'removeConcept', concept })}
          />
        )}
      </div>
      <div class="columns">
        {subjectFields(concept).map((spec) => (
          <ConfigField key={spec.label} spec={spec} />
        ))}
      </div>
      <div data-field={`concepts.${concept}.folder`} tabIndex={-1}>
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <DatasetPreview concept={concept} name={name} />
      </div>
      <details>
        <summary>{strings.moreOfConcept}</summary>
        <div class="columns">
          {captionFields(concept).map((spec) => (
            <ConfigField key={spec.label} spec={spec} />
          ))}
        </div>
      </details>
      <h3>{strings.priors}</h3>
      <p class="note">{strings.priorsHint}</p>
      <div class="columns">
        {priorFields(concept, String(kind)).map((spec) => (
          <ConfigField key={spec.label} spec={spec} />
        ))}
      </div>
    </section>
  );
}
