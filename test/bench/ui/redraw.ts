import type { FrameLocator } from 'playwright-core';
import type { RunFromHost } from '../../../src/common/webview/run';
import type { Workbench } from '../../e2e/support/workbench';
import { spread } from './figures';
import { busyTimer } from './mainThread';
import { stepOf } from './sampleRun';

const repetitions = 40;

/** The reasons for a redraw that are measured. */
type Reason = 'newStep' | 'zoom' | 'smoothing';

/**
 * How long a redraw of the loss chart takes in ms: from the new content to the last stroke on the canvas (what the page itself
 * notes on the chart), and the processor time of the main thread meanwhile, the rest of the page and the window included.
 */
export async function redraws(workbench: Workbench, frame: FrameLocator, points: number) {
  const busy = await busyTimer(workbench.page);
  const measure = async (reason: Reason) => {
    // Once unmeasured: the scripts are compiled then, and a window that has just opened comes to rest.
    await redrawInPage(frame, reason, points);
    await workbench.page.waitForTimeout(1000);
    const before = await busy();
    const times = await redrawInPage(frame, reason, points);
    const after = await busy();
    const perRedraw = (key: 'task' | 'script') =>
      Number((((after[key] - before[key]) * 1000) / times.length).toFixed(1));
    return { redraw: spread(times), mainThread: perRedraw('task'), script: perRedraw('script') };
  };
  return { newStep: await measure('newStep'), zoom: await measure('zoom'), smoothing: await measure('smoothing') };
}

/** A new step comes as the host sends it; a view changes as by the keyboard. */
async function redrawInPage(frame: FrameLocator, reason: Reason, points: number) {
  const steps = Array.from({ length: repetitions }, (_, i) => stepOf(points + i + 1));
  return frame.locator('#run-chart').evaluate(redrawRepeatedly, { reason, steps });
}

interface Chart {
  dataset: { redrawMs?: string };
  ownerDocument: { defaultView: PageWindow; querySelector(selector: string): Control };
  dispatchEvent(event: object): void;
}

interface Control {
  value: string;
  dispatchEvent(event: object): void;
}

interface PageWindow {
  MutationObserver: new (callback: () => void) => { observe(node: Chart, options: object): void; disconnect(): void };
  MessageEvent: new (name: string, init: object) => object;
  KeyboardEvent: new (name: string, init: object) => object;
  Event: new (name: string, init: object) => object;
  dispatchEvent(event: object): void;
}

/** Runs in the page. */
async function redrawRepeatedly(
  element: unknown,
  { reason, steps }: { reason: Reason; steps: ReturnType<typeof stepOf>[] },
): Promise<number[]> {
  const chart = element as Chart;
  const window = chart.ownerDocument.defaultView;
  const times: number[] = [];
  for (const [index, step] of steps.entries()) {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the chart was not drawn again')), 10_000);
      const drawn = new window.MutationObserver(() => {
        drawn.disconnect();
        clearTimeout(timer);
        times.push(Number(chart.dataset.redrawMs));
        resolve();
      });
      drawn.observe(chart, { attributes: true, attributeFilter: ['data-redraw-ms'] });
      if (reason === 'newStep') window.dispatchEvent(new window.MessageEvent('message', { data: update(step) }));
      else if (reason === 'zoom') press(index % 2 === 0 ? '+' : '-');
      else smooth(index % 2 === 0 ? '0.5' : '0.9');
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return times;

  function update({ step, loss, gradientNorm, timesteps }: ReturnType<typeof stepOf>): RunFromHost {
    const one = (value: number) => Float64Array.of(value);
    return {
      type: 'update',
      steps: {
        steps: one(step),
        loss: one(loss),
        instanceLosses: [one(loss)],
        priorLoss: one(NaN),
        gradientNorm: one(gradientNorm),
        learningRate: one(1e-5),
        rowCounts: Uint16Array.of(timesteps.length),
        timesteps: Uint16Array.from(timesteps),
      },
    };
  }

  function press(key: string): void {
    chart.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }

  function smooth(value: string): void {
    const slider = chart.ownerDocument.querySelector('.chart-tools input[type=range]');
    slider.value = value;
    slider.dispatchEvent(new window.Event('input', { bubbles: true }));
  }
}
