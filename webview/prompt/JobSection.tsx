import './history.css';
import type { PromptJob, StripPicture } from '../../src/common/webview/prompt';
import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { deviceTitles } from '../ui/deviceTitles';
import { formatText } from '../ui/formatText';
import { ProgressBar } from '../ui/ProgressBar';
import { timeLeft } from './timeLeft';

/** What is being made. */
export interface JobSectionProps {
  job: PromptJob;
  onShow: (picture: StripPicture) => void;
  strings: PromptStrings;
}

/** Progress in words and as a bar, and the pictures as they arrive. */
export function JobSection({ job, onShow, strings }: JobSectionProps) {
  const isActive = job.state === 'queued' || job.state === 'running';
  const value = job.state === 'running' && job.total > 0 ? job.done / job.total : undefined;
  const words = describe(job, strings);
  return (
    <section class="job">
      {isActive && (
        <ProgressBar label={strings.generate} valueText={words} {...(value === undefined ? {} : { value })} />
      )}
      <p class={job.state === 'failed' ? 'problem number' : 'note number'} role="status">
        {words}
      </p>
      {job.warnings.map((warning) => (
        <p class="warning" key={warning}>
          {warning}
        </p>
      ))}
      {job.pictures.length > 0 && (
        <ul class="strip" aria-label={strings.pictures}>
          {job.pictures.map((picture) => (
            <li key={`${picture.group}/${picture.file}`}>
              <button
                type="button"
                title={formatText(strings.pictureAlt, picture.prompt, picture.seed)}
                onClick={() => onShow(picture)}
              >
                <img
                  src={picture.src}
                  alt={formatText(strings.pictureAlt, picture.prompt, picture.seed)}
                  width={picture.width}
                  height={picture.height}
                  decoding="async"
                  draggable={false}
                />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function describe(job: PromptJob, strings: PromptStrings): string {
  const { state, finished, expected, secondsLeft, phase, waitingFor, problem } = job;
  switch (state) {
    case 'queued':
      return waitingFor ? formatText(strings.queued, waitingFor) : strings.queuedPlain;
    case 'running': {
      const parts = [formatText(strings.progress, finished, expected), phase];
      if (secondsLeft !== undefined) parts.push(timeLeft(secondsLeft, strings));
      return parts.filter(Boolean).join(' · ');
    }
    case 'finished':
      return withDevice(finished === 1 ? strings.finishedOne : formatText(strings.finished, finished), job, strings);
    case 'stopped':
      return withDevice(formatText(strings.stopped, finished, expected), job, strings);
    case 'failed':
      return formatText(strings.failed, problem ?? '');
  }
}

/** A sentence, and what drew the pictures. */
function withDevice(sentence: string, { computedOn }: PromptJob, strings: PromptStrings): string {
  if (!computedOn) return sentence;
  const { device, mixedPrecision } = computedOn;
  return `${sentence} ${formatText(mixedPrecision ? strings.drawnInHalf : strings.drawnOn, deviceTitles[device])}`;
}
