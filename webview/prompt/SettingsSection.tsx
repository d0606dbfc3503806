import './settings.css';
import { samplerNames, samplerTitles, type SamplerName } from '../../src/common/samplerNames';
import { formLimits, type ModelFacts } from '../../src/common/webview/promptForm';
import { Checkbox } from '../ui/Checkbox';
import { Dropdown } from '../ui/Dropdown';
import { NumberField } from '../ui/NumberField';
import { formatText } from '../ui/formatText';
import type { FormEdit } from './formEdit';
import type { FormProblems } from './formProblems';

const samplers = samplerNames.map((value) => ({ value, label: samplerTitles[value] }));

/** How pictures are drawn: sampler, steps, guidance, size, attention. */
export function SettingsSection(props: FormEdit & { facts: ModelFacts | undefined; problems: FormProblems }) {
  const { form, edit, validity, facts, problems, strings } = props;
  const { steps, guidance, side } = formLimits;
  const multiple = facts?.sizeMultiple ?? 8;
  const size = { min: multiple, max: side.max, step: multiple, whole: true };
  const sizeRefusal = formatText(strings.problemWhole, multiple, side.max);
  return (
    <section class="settings">
      <Dropdown
        label={strings.sampler}
        value={form.sampler}
        options={samplers}
        onChange={(sampler) => edit({ sampler: sampler as SamplerName })}
      />
      <div class="numbers">
        <NumberField
          label={strings.steps}
          value={form.steps}
          {...steps}
          whole
          refusal={formatText(strings.problemWhole, steps.min, steps.max)}
          onChange={(value) => edit({ steps: value })}
          onValidity={validity('steps')}
        />
        <NumberField
          label={strings.guidance}
          value={form.guidance}
          {...guidance}
          step={0.5}
          hint={strings.guidanceHint}
          refusal={formatText(strings.problemNumber, guidance.min, guidance.max)}
          onChange={(value) => edit({ guidance: value })}
          onValidity={validity('guidance')}
        />
        <NumberField
          label={strings.width}
          value={form.width}
          {...size}
          refusal={sizeRefusal}
          onChange={(value) => edit({ width: value })}
          onValidity={validity('width')}
          {...(problems.width ? { problem: problems.width } : {})}
        />
        <NumberField
          label={strings.height}
          value={form.height}
          {...size}
          refusal={sizeRefusal}
          onChange={(value) => edit({ height: value })}
          onValidity={validity('height')}
          {...(problems.height ? { problem: problems.height } : {})}
        />
      </div>
      <Checkbox
        label={strings.captureAttention}
        checked={form.captureAttention}
        onChange={(captureAttention) => edit({ captureAttention })}
      />
    </section>
  );
}
