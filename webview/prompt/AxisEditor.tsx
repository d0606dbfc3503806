import { samplerNames, samplerTitles } from '../../src/common/samplerNames';
import { axisKinds, type AxisKind, type CompareAxis, type ModelOption } from '../../src/common/webview/promptForm';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { Checkbox } from '../ui/Checkbox';
import { Dropdown } from '../ui/Dropdown';
import { formatText } from '../ui/formatText';
import { TextArea } from '../ui/TextArea';
import { TextField } from '../ui/TextField';
import { modelLabel } from './ModelSection';

/** One axis of a comparison. */
export interface AxisEditorProps {
  label: string;
  axis: CompareAxis;
  onChange: (axis: CompareAxis) => void;
  models: readonly ModelOption[];
  problem: string | undefined;
  strings: PromptStrings;
}

/** What an axis shows, and its values. */
export function AxisEditor(props: AxisEditorProps) {
  const { label, axis, onChange, strings } = props;
  const titles = axisTitles(strings);
  return (
    <div class="axis">
      <Dropdown
        label={label}
        value={axis.kind}
        options={axisKinds.map((value) => ({ value, label: titles[value] }))}
        // Values of another kind mean nothing here.
        onChange={(kind) => onChange({ kind: kind as AxisKind, text: '', choices: [] })}
      />
      <AxisValues {...props} title={formatText(strings.axisValues, titles[axis.kind])} />
    </div>
  );
}

function AxisValues({ axis, onChange, models, problem, strings, title }: AxisEditorProps & { title: string }) {
  const text = {
    label: title,
    value: axis.text,
    onInput: (value: string) => onChange({ ...axis, text: value }),
    ...(problem ? { problem } : {}),
  };
  switch (axis.kind) {
    case 'none':
      return null;
    case 'seed':
      return <TextField {...text} hint={strings.axisSeedsHint} />;
    case 'strength':
    case 'guidance':
    case 'steps':
      return <TextField {...text} hint={strings.axisNumbersHint} />;
    case 'prompt':
      return <TextArea {...text} hint={strings.axisPromptsHint} />;
    case 'model':
      return (
        <Choices
          title={title}
          options={models.map((model) => ({ value: model.id, label: modelLabel(model, strings) }))}
          {...{ axis, onChange, problem }}
        />
      );
    case 'sampler':
      return (
        <Choices
          title={title}
          options={samplerNames.map((value) => ({ value, label: samplerTitles[value] }))}
          {...{ axis, onChange, problem }}
        />
      );
  }
}

interface ChoicesProps {
  title: string;
  options: readonly { value: string; label: string }[];
  axis: CompareAxis;
  onChange: (axis: CompareAxis) => void;
  problem: string | undefined;
}

function Choices({ title, options, axis, onChange, problem }: ChoicesProps) {
  const toggle = (value: string, checked: boolean) =>
    onChange({
      ...axis,
      choices: checked ? [...axis.choices, value] : axis.choices.filter((choice) => choice !== value),
    });
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      <div class="choice-list">
        {options.map(({ value, label }) => (
          <Checkbox
            key={value}
            label={label}
            checked={axis.choices.includes(value)}
            onChange={(checked) => toggle(value, checked)}
          />
        ))}
      </div>
      {problem && <p class="problem">{problem}</p>}
    </fieldset>
  );
}

function axisTitles(strings: PromptStrings): Record<AxisKind, string> {
  return {
    none: strings.axisNone,
    seed: strings.axisSeed,
    model: strings.axisModel,
    strength: strings.axisStrength,
    guidance: strings.axisGuidance,
    steps: strings.axisSteps,
    sampler: strings.axisSampler,
    prompt: strings.axisPrompt,
  };
}
