import { formLimits, type ModelOption } from '../../src/common/webview/promptForm';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { Dropdown } from '../ui/Dropdown';
import { NumberField } from '../ui/NumberField';
import { Slider } from '../ui/Slider';
import { formatText } from '../ui/formatText';
import type { FormEdit } from './formEdit';

const CHOOSE_FILE = 'choose-file';
const NO_MODEL = 'no-model';

/** The model and how much of its fine-tune counts. */
export interface ModelSectionProps extends FormEdit {
  models: readonly ModelOption[];
  chosen: ModelOption | undefined;
  problem: string | undefined;
  onChooseFile: () => void;
}

/** One list of bases, runs, checkpoints and files, and the strength below it. */
export function ModelSection(props: ModelSectionProps) {
  const { form, edit, validity, models, chosen, problem, onChooseFile, strings } = props;
  const options = models.map((model) => ({ value: model.id, label: modelLabel(model, strings) }));
  // A model that is gone keeps its place in the list, or the list would show another as chosen.
  if (!chosen) options.unshift({ value: NO_MODEL, label: '—' });
  const choose = (value: string) => {
    if (value === CHOOSE_FILE) onChooseFile();
    else if (value !== NO_MODEL) edit({ model: value });
  };
  const { min, max } = formLimits.strength;
  const strength = {
    value: form.strength,
    min,
    max,
    step: 0.05,
    disabled: !chosen?.delta,
  };
  return (
    <section class="model-section">
      <Dropdown
        label={strings.model}
        value={chosen ? form.model : NO_MODEL}
        options={[...options, { value: CHOOSE_FILE, label: strings.chooseFile }]}
        onChange={choose}
        {...(problem ? { problem } : {})}
      />
      {chosen?.delta && (
        <div class="strength">
          <NumberField
            label={strings.strength}
            {...strength}
            hint={strings.strengthHint}
            refusal={formatText(strings.problemNumber, min, max)}
            onChange={(value) => edit({ strength: value })}
            onValidity={validity('strength')}
          />
          <Slider label={strings.strength} {...strength} onInput={(value) => edit({ strength: value })} />
        </div>
      )}
    </section>
  );
}

/** A model's name with what kind it is; checkpoints follow their run. */
export function modelLabel({ kind, label }: ModelOption, strings: PromptStrings): string {
  const kinds = {
    base: strings.kindBase,
    run: strings.kindRun,
    checkpoint: strings.kindCheckpoint,
    file: strings.kindFile,
  };
  return `${label} (${kinds[kind]})`;
}
