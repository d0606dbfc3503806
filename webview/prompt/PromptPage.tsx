import { useMemo, useState } from 'preact/hooks';
import { planComparison } from '../../src/common/webview/promptCompare';
import type { PromptToHost } from '../../src/common/webview/prompt';
import type { PromptForm } from '../../src/common/webview/promptForm';
import { formSeeds } from '../../src/common/webview/promptSeeds';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { CompareSection } from './CompareSection';
import { Fold } from './Fold';
import { formProblems } from './formProblems';
import { HistorySection } from './HistorySection';
import { JobSection } from './JobSection';
import { ModelSection } from './ModelSection';
import { PromptField } from './PromptField';
import { SeedsSection } from './SeedsSection';
import { SettingsSection } from './SettingsSection';
import { chosenFacts, chosenModel, type PromptState } from './state';

/** The page and what it does with an edit. */
export interface PromptPageProps {
  state: PromptState & { form: PromptForm; strings: PromptStrings };
  edit: (change: Partial<PromptForm>) => void;
  post: (message: PromptToHost) => void;
}

/** The prompt side panel. */
export function PromptPage({ state, edit, post }: PromptPageProps) {
  const { form, strings, models, analysis, job, trusted } = state;
  const [invalid, setInvalid] = useState<ReadonlySet<string>>(new Set());
  const model = chosenModel(state);
  const facts = chosenFacts(state);
  const problems = formProblems(form, { hasModel: model !== undefined, facts, strings });
  const plan = useMemo(() => planComparison(form, models, planWords(strings)), [form, models, strings]);
  const validity = (field: string) => (valid: boolean) =>
    setInvalid((before) => {
      const next = new Set(before);
      if (valid) next.delete(field);
      else next.add(field);
      return next;
    });
  const section = { form, edit, validity, strings };
  const isActive = job?.state === 'queued' || job?.state === 'running';
  const { prompt: promptProblem, ...otherProblems } = problems;
  const hasOtherProblem = invalid.size > 0 || Object.keys(otherProblems).length > 0;
  const cannotDraw = !trusted || isActive || hasOtherProblem || state.factsProblem !== undefined;
  const blocked = cannotDraw || promptProblem !== undefined;
  // The prompts of an axis take the place of the one above.
  const hasPromptAxis = form.compare.x.kind === 'prompt' || form.compare.y.kind === 'prompt';
  const vocabulary = model?.tokens ?? [];
  const generate = () => !blocked && post({ type: 'generate', form });
  return (
    <div
      class="prompt-page"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) generate();
      }}
    >
      <h1 class="visually-hidden">{strings.title}</h1>
      {!trusted && (
        <div class="notice">
          <p>{strings.untrusted}</p>
          <Button onClick={() => post({ type: 'manageTrust' })}>{strings.manageTrust}</Button>
        </div>
      )}
      <PromptField
        label={strings.prompt}
        value={form.prompt}
        onInput={(prompt) => edit({ prompt })}
        placeholder={strings.promptPlaceholder}
        rows={4}
        vocabulary={vocabulary}
        analysed={analysis.prompt}
        {...(analysis.problem ? { problem: analysis.problem } : {})}
        strings={strings}
      />
      <PromptField
        label={strings.negativePrompt}
        value={form.negativePrompt}
        onInput={(negativePrompt) => edit({ negativePrompt })}
        placeholder={strings.negativePlaceholder}
        rows={2}
        vocabulary={vocabulary}
        analysed={form.negativePrompt ? analysis.negative : undefined}
        strings={strings}
      />
      <ModelSection
        {...section}
        models={models}
        chosen={model}
        problem={state.factsProblem ?? problems.model}
        onChooseFile={() => post({ type: 'chooseFile' })}
      />
      <SeedsSection {...section} problem={problems.seeds} />
      <div class="actions">
        {isActive ? (
          <Button key="stop" id="stop" appearance="primary" icon="debug-stop" onClick={() => post({ type: 'stop' })}>
            {strings.stop}
          </Button>
        ) : (
          <Button key="generate" id="generate" appearance="primary" icon="play" disabled={blocked} onClick={generate}>
            {generateLabel(form, strings)}
          </Button>
        )}
        <Button
          appearance="icon"
          icon="multiple-windows"
          label={strings.showPictures}
          onClick={() => post({ type: 'openPictures' })}
        />
      </div>
      {isActive && <p class="note">{strings.stopHint}</p>}
      {!isActive && promptProblem && <p class="note">{promptProblem}</p>}
      {!isActive && state.busyWith && <p class="note">{formatText(strings.busy, state.busyWith)}</p>}
      {job && (
        <JobSection
          job={job}
          strings={strings}
          onShow={({ group, file }) => post({ type: 'showPicture', group, file })}
        />
      )}
      <Fold name="settings" title={strings.settings} openAtFirst>
        <SettingsSection {...section} facts={facts} problems={problems} />
      </Fold>
      <Fold name="compare" title={strings.compare}>
        <CompareSection
          {...section}
          models={models}
          plan={plan}
          disabled={hasPromptAxis ? cannotDraw : blocked}
          onCompare={() => post({ type: 'compare', form })}
        />
      </Fold>
      <Fold name="history" title={strings.history}>
        <HistorySection
          history={state.history}
          strings={strings}
          onUse={(id) => post({ type: 'useHistory', id })}
          onRemove={(id) => post({ type: 'removeHistory', id })}
          onClear={() => post({ type: 'clearHistory' })}
        />
      </Fold>
    </div>
  );
}

function generateLabel(form: PromptForm, strings: PromptStrings): string {
  const seeds = formSeeds(form);
  if ('problem' in seeds) return strings.generate;
  const count = seeds.values.length;
  return count === 1 ? strings.generateOne : formatText(strings.generateCount, count);
}

function planWords(strings: PromptStrings) {
  const { planSeed, planStrength, planGuidance, planSteps } = strings;
  return { seed: planSeed, strength: planStrength, guidance: planGuidance, steps: planSteps };
}
