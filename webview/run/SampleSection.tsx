import { useEffect, useRef, useState } from 'preact/hooks';
import type { SampleView } from '../../src/common/webview/run';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { Slider } from '../ui/Slider';
import type { PartProps } from './RunPanel';
import { followSamples } from './sampleChoice';

/** The sample pictures along a scrubber of steps. */
export function SampleSection({ page: { samples, strings }, post }: PartProps) {
  const steps = samples.map(({ step }) => step);
  const before = useRef<number[]>([]);
  const [chosen, setChosen] = useState<number>();
  const shown = followSamples(chosen, before.current, steps);
  useEffect(() => {
    before.current = steps;
    if (shown !== chosen) setChosen(shown);
  });
  const index = shown === undefined ? -1 : steps.indexOf(shown);
  const sample = samples[index];
  if (!sample)
    return (
      <section>
        <h2>{strings.samples}</h2>
        <p class="note">{strings.noSamples}</p>
      </section>
    );
  const where = sample.step === 0 ? strings.beforeTraining : strings.sampleStep;
  const label =
    sample.step === 0
      ? formatText(where, index + 1, steps.length)
      : formatText(where, sample.step, index + 1, steps.length);
  return (
    <section aria-labelledby="run-samples-title">
      <h2 id="run-samples-title">{strings.samples}</h2>
      <div class="row scrubber">
        <Slider
          label={strings.samples}
          valueText={label}
          min={0}
          max={Math.max(1, steps.length - 1)}
          step={1}
          value={index}
          disabled={steps.length < 2}
          onInput={(next) => setChosen(steps[Math.min(next, steps.length - 1)])}
        />
        <span class="number" aria-hidden="true">
          {label}
        </span>
        {sample.grid && (
          <Button icon="open-preview" onClick={() => post({ type: 'openPicture', step: sample.step, picture: null })}>
            {strings.openGrid}
          </Button>
        )}
      </div>
      <SamplePictures sample={sample} strings={strings} post={post} />
    </section>
  );
}

function SamplePictures({
  sample: { step, pictures },
  strings,
  post,
}: Pick<PartProps, 'post'> & { sample: SampleView; strings: PartProps['page']['strings'] }) {
  return (
    <ul class="pictures">
      {pictures.map(({ src, prompt, seed }, i) => (
        <li key={`${step}-${i}`}>
          <button
            class="picture"
            aria-label={formatText(strings.openPicture, prompt, seed)}
            title={formatText(strings.openPicture, prompt, seed)}
            onClick={() => post({ type: 'openPicture', step, picture: i })}
          >
            <img src={src} alt={formatText(strings.sampleAlt, prompt, seed, step)} loading="lazy" />
          </button>
          <div class="caption">
            <span>
              {prompt} <span class="note number">{formatText(strings.seed, seed)}</span>
            </span>
            <Button
              appearance="icon"
              icon="eye"
              label={`${strings.inspect}: ${formatText(strings.sampleAlt, prompt, seed, step)}`}
              onClick={() => post({ type: 'inspect', step, picture: i })}
            />
          </div>
        </li>
      ))}
    </ul>
  );
}
