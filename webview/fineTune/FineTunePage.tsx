import './fineTune.css';
import { useMemo } from 'preact/hooks';
import { valueAt } from '../../src/common/webview/fineTuneDraft';
import { FreezeSection } from '../layers/FreezeSection';
import { layerModel } from '../layers/layerModel';
import { readSelection, trainedParameters } from '../layers/selection';
import { trainableOf } from '../layers/trainableChoice';
import { Button } from '../ui/Button';
import { Dropdown } from '../ui/Dropdown';
import { formatText } from '../ui/formatText';
import { AdvancedSection } from './AdvancedSection';
import { ConceptSection } from './ConceptSection';
import { ConfigField } from './ConfigField';
import { trainingFields, type FieldSpec } from './fieldTable';
import { problemText, usePage } from './page';
import { ProblemList } from './ProblemList';
import { StartBar } from './StartBar';
import { textOf } from './fieldText';
import { Totals } from './Totals';

const nameField: FieldSpec = { kind: 'text', label: 'runName', hint: 'runNameHint', path: ['name'] };

/** The whole form, on one page. */
export function FineTunePage() {
  const { strings, state, post } = usePage();
  const { config, check } = state;
  const concepts = Array.isArray(config.concepts) ? config.concepts : [];
  const nouns = concepts.map((concept) => textOf(valueAt(concept, ['classNoun']), 'text')).filter(Boolean);
  const { layers } = state.model;
  const model = useMemo(() => (layers ? layerModel(layers) : undefined), [layers]);
  const trainable = trainableOf(config, check.resolved);
  const selection = useMemo(
    () => (model ? readSelection(model, trainable) : undefined),
    [model, JSON.stringify(trainable)],
  );
  if (state.restricted) return <RestrictedNotice />;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <h1>{formatText(strings.title, nouns.join(strings.and) || strings.noConcepts)}</h1>
      <div class="columns">
        <BaseField />
        <ConfigField spec={nameField} />
      </div>
      {concepts.map((concept, i) => (
        <ConceptSection
          key={`${i} ${textOf(valueAt(concept, ['folder']), 'text')}`}
          concept={i}
          removable={concepts.length > 1}
        />
      ))}
      <Button icon="add" onClick={() => post({ type: 'addConcept' })}>
        {strings.addConcept}
      </Button>
      <FreezeSection model={model} selection={selection} />
      <section aria-labelledby="training-title">
        <h2 id="training-title">{strings.training}</h2>
        <div class="columns">
          {trainingFields.map((spec) => (
            <ConfigField key={spec.label} spec={spec} words={rateWords(spec)} />
          ))}
        </div>
      </section>
      <AdvancedSection />
      <Totals parameters={model && selection && trainedParameters(model, selection)} />
      <ProblemList />
      <StartBar />
    </form>
  );

  /** A rate that is still to be scaled is not the effective one, so the field must not say so. */
  function rateWords({ label }: FieldSpec) {
    if (label !== 'learningRate' || config.scaleLearningRate !== true) return {};
    const effective = textOf(valueAt(check.resolved, ['learningRate']), 'number');
    return { label: strings.baseRate, hint: formatText(strings.baseRateHint, effective || strings.unknown) };
  }
}

function BaseField() {
  const { strings, state, post } = usePage();
  const { model, bases, check, config } = state;
  const hint = { reading: strings.modelReading, ready: model.title, failed: undefined }[model.status];
  return (
    <div class="config-field" data-field="base">
      <Dropdown
        label={strings.base}
        value={textOf(config.base, 'text')}
        options={bases}
        hint={hint}
        problem={problemText(check.problems, 'base') ?? (model.status === 'failed' ? model.problem : undefined)}
        onChange={(value) => post({ type: 'base', value })}
      />
      <Button icon="add" onClick={() => post({ type: 'addModel' })}>
        {strings.addModel}
      </Button>
    </div>
  );
}

function RestrictedNotice() {
  const { strings, post } = usePage();
  return (
    <div class="notice card" role="alert">
      <p>{strings.restricted}</p>
      <Button appearance="primary" onClick={() => post({ type: 'manageTrust' })}>
        {strings.manageTrust}
      </Button>
    </div>
  );
}
