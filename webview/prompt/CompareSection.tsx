import './compare.css';
import { comparePreset, presetNames, type PresetName } from '../../src/common/webview/promptPresets';
import type { ComparePlan, PlanProblem } from '../../src/common/webview/promptCompare';
import type { CompareAxis, ModelOption } from '../../src/common/webview/promptForm';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { AxisEditor } from './AxisEditor';
import type { FormEdit } from './formEdit';
import { planProblem } from './formProblems';

/** A grid over two axes. */
export interface CompareSectionProps extends FormEdit {
  models: readonly ModelOption[];
  plan: ComparePlan | PlanProblem;
  /** Why the request cannot be sent, other than the plan. */
  disabled: boolean;
  onCompare: () => void;
}

/** Presets, the two axes, and what the grid will be. */
export function CompareSection({ form, edit, models, plan, disabled, onCompare, strings }: CompareSectionProps) {
  const { x, y } = form.compare;
  const problem = planProblem(plan, strings);
  const setAxis = (name: 'x' | 'y') => (axis: CompareAxis) => edit({ compare: { ...form.compare, [name]: axis } });
  const axisProblem = (name: 'x' | 'y') => ('problem' in plan && plan.axis === name ? problem : undefined);
  const isPlan = !('problem' in plan);
  return (
    <section class="compare">
      <div class="row presets" role="group" aria-label={strings.presets}>
        {presetNames.map((name) => (
          <PresetButton
            key={name}
            name={name}
            preset={comparePreset(name, form.model, models)}
            onUse={(compare) => edit({ compare })}
            strings={strings}
          />
        ))}
      </div>
      <AxisEditor
        label={strings.rows}
        axis={y}
        onChange={setAxis('y')}
        models={models}
        problem={axisProblem('y')}
        strings={strings}
      />
      <AxisEditor
        label={strings.columns}
        axis={x}
        onChange={setAxis('x')}
        models={models}
        problem={axisProblem('x')}
        strings={strings}
      />
      {'problem' in plan && plan.axis !== 'x' && plan.axis !== 'y' && <p class="note">{problem}</p>}
      {isPlan && (
        <p class="number preview">
          {formatText(strings.comparePreview, plan.columns.length, plan.rows.length, plan.cells)}
        </p>
      )}
      <Button id="compare" disabled={disabled || !isPlan} onClick={onCompare} icon="table">
        {isPlan ? formatText(strings.compareCount, plan.cells) : strings.compare}
      </Button>
    </section>
  );
}

interface PresetButtonProps {
  name: PresetName;
  preset: ReturnType<typeof comparePreset>;
  onUse: (compare: NonNullable<ReturnType<typeof comparePreset>>) => void;
  strings: PromptStrings;
}

function PresetButton({ name, preset, onUse, strings }: PresetButtonProps) {
  const titles: Record<PresetName, string> = {
    baseTuned: strings.presetBaseTuned,
    checkpoints: strings.presetCheckpoints,
    strengths: strings.presetStrengths,
    modes: strings.presetModes,
  };
  return (
    <button
      type="button"
      class="preset"
      disabled={!preset}
      title={preset ? undefined : strings.presetMissing}
      onClick={() => preset && onUse(preset)}
    >
      {titles[name]}
    </button>
  );
}
