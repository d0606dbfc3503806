import { useState } from 'preact/hooks';
import type { AttentionToHost, LookForm as Form } from '../../src/common/webview/attention';
import type { AttentionStrings } from '../../src/common/webview/attentionStrings';
import { Button } from '../ui/Button';
import { Dropdown } from '../ui/Dropdown';
import { formatText } from '../ui/formatText';
import { NumberField } from '../ui/NumberField';
import { Slider } from '../ui/Slider';
import { TextArea } from '../ui/TextArea';

/** The form that looks at a picture without saved maps. */
export interface LookFormProps {
  strings: AttentionStrings;
  form: Form;
  /** There are maps to go back to. */
  canGoBack: boolean;
  post: (message: AttentionToHost) => void;
}

/** Prompt, model, timestep and seed. */
export function LookForm({ strings, form, canGoBack, post }: LookFormProps) {
  const [prompt, setPrompt] = useState(form.prompt);
  const [model, setModel] = useState(form.model);
  const [timestep, setTimestep] = useState(form.timestep);
  const [seed, setSeed] = useState(form.seed);
  const [seedValid, setSeedValid] = useState(true);
  const [asked, setAsked] = useState(false);
  const missing = prompt.trim() === '';
  const look = () => {
    setAsked(true);
    if (!missing && seedValid) post({ type: 'look', prompt, model, timestep, seed });
  };
  return (
    <section class="look-form card" aria-labelledby="look-title">
      <h2 id="look-title">{strings.formTitle}</h2>
      <p class="note">{canGoBack ? strings.formHintAgain : strings.formHint}</p>
      <TextArea
        label={strings.prompt}
        value={prompt}
        onInput={setPrompt}
        rows={2}
        hint={form.fromPicture && prompt === form.prompt ? strings.promptFromPicture : strings.promptHint}
        problem={asked && missing ? strings.promptMissing : undefined}
      />
      <Dropdown
        label={strings.model}
        value={model}
        options={form.models.map(({ id, label }) => ({ value: id, label }))}
        onChange={setModel}
      />
      <div class="field">
        <span>
          {strings.timestep}: <span class="number">{formatText(strings.timestepValue, timestep)}</span>
        </span>
        <Slider
          label={strings.timestep}
          value={timestep}
          min={0}
          max={999}
          step={1}
          onInput={setTimestep}
          valueText={`${timestep}. ${explanation(timestep, strings)}`}
        />
        <span class="note">{explanation(timestep, strings)}</span>
      </div>
      <NumberField
        label={strings.seed}
        value={seed}
        min={0}
        max={Number.MAX_SAFE_INTEGER}
        whole
        refusal={strings.seedRefused}
        onChange={setSeed}
        onValidity={setSeedValid}
      />
      <div class="row">
        <Button appearance="primary" icon="eye" onClick={look}>
          {strings.look}
        </Button>
        {canGoBack && <Button onClick={() => post({ type: 'showMaps' })}>{strings.back}</Button>}
      </div>
    </section>
  );
}

function explanation(timestep: number, strings: AttentionStrings): string {
  if (timestep < 250) return strings.timestepFine;
  return timestep < 650 ? strings.timestepMiddle : strings.timestepCoarse;
}
