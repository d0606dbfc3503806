import type { RunToHost } from '../../src/common/webview/run';
import { ChartSection } from './ChartSection';
import { RunActions } from './RunActions';
import { RunHeader } from './RunHeader';
import { RunLog } from './RunLog';
import { SampleSection } from './SampleSection';
import { SpokenStep } from './SpokenStep';
import type { RunPage } from './runPage';

/** What every part of the page gets. */
export interface PartProps {
  page: RunPage;
  post: (message: RunToHost) => void;
}

/** The run page. */
export function RunPanel(props: PartProps) {
  return (
    <>
      <RunHeader page={props.page} />
      <RunActions {...props} />
      <SpokenStep page={props.page} />
      <ChartSection {...props} />
      <SampleSection {...props} />
      <RunLog page={props.page} />
    </>
  );
}
