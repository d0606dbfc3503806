import type { OtherRun, OverlayView } from '../common/webview/run';
import { packSteps } from '../common/webview/runSteps';
import type { Services } from '../services';
import { runNames } from '../views/runWords';
import { sharedRuns } from '../views/sharedRuns';
import { readCourse } from './runFeed';

/** The runs that can be laid over a run. */
export function otherRuns(services: Services, folder: string): OtherRun[] {
  const { entries } = sharedRuns(services);
  const names = runNames(entries);
  return entries
    .filter((run) => run.folder !== undefined && run.folder !== folder && run.step > 0)
    .map(({ id }) => ({ id, name: names.get(id)! }));
}

/** The curves of another run; null when there is none, or it is gone. */
export async function overlayView(services: Services, id: string | undefined): Promise<OverlayView | null> {
  const run = id === undefined ? undefined : sharedRuns(services).find(id);
  if (!run?.folder) return null;
  const { steps } = await readCourse(run.folder, services.training);
  return {
    id: run.id,
    name: runNames(sharedRuns(services).entries).get(run.id) ?? run.name,
    steps: packSteps(steps, run.concepts.length),
  };
}
