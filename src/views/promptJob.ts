import type { PromptJob, StripPicture } from '../common/webview/prompt';
import type { PictureGroup } from '../pictures/pictureGroup';
import type { MakerJob } from '../pictures/pictureMaker';
import { ProductError } from '../common/errors';
import { warningText } from '../panels/warningText';

/** Pictures that the strip shows; the grid panel has all of them. */
const STRIP_LENGTH = 60;

/** What the page needs besides the job itself. */
export interface JobSurroundings {
  group: PictureGroup | undefined;
  /** What runs before it. */
  waitingFor: string | undefined;
  srcOf: (group: PictureGroup, file: string) => string;
  /** A phase of the runtime in the user's words. */
  phaseOf: (phase: string) => string;
}

/** A job as the page shows it. */
export function promptJob({ run, expected, secondsLeft }: MakerJob, surroundings: JobSurroundings): PromptJob {
  const { group, waitingFor, srcOf, phaseOf } = surroundings;
  const { progress, error } = run;
  const pictures = (group?.pictures ?? [])
    .slice(-STRIP_LENGTH)
    .map(({ file, prompt, seed, width, height }): StripPicture => ({
      group: group!.id,
      file,
      src: srcOf(group!, file),
      prompt,
      seed,
      width,
      height,
    }));
  return {
    state: stateOf(run.state),
    ...(waitingFor === undefined ? {} : { waitingFor }),
    done: progress?.done ?? 0,
    total: progress?.total ?? 0,
    phase: phaseOf(progress?.phase ?? ''),
    ...(secondsLeft === undefined ? {} : { secondsLeft }),
    ...(error ? { problem: new ProductError('internal', error.where, error.problem, error.remedy).message } : {}),
    ...(run.computedOn ? { computedOn: run.computedOn } : {}),
    expected,
    pictures,
    finished: group?.pictures.length ?? run.pictures.length,
    warnings: run.warnings.slice(0, 5).map(warningText),
  };
}

function stateOf(state: MakerJob['run']['state']): PromptJob['state'] {
  switch (state) {
    case 'waiting':
      return 'queued';
    case 'running':
    case 'stopping':
      return 'running';
    default:
      return state;
  }
}
