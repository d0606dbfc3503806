import type { FrameLocator } from 'playwright-core';
import type { Workbench } from '../../e2e/support/workbench';
import { quantile } from './figures';
import { busyTimer } from './mainThread';

/** Pixels a frame; a quick turn of the wheel. */
const speed = 60;

/** Frame times in ms while the gallery is scrolled from its top to its end and back. */
export async function scrollFrames(workbench: Workbench, frame: FrameLocator) {
  const scroller = frame.locator('.scroller');
  await scroller.locator('.tile img').first().waitFor();
  const busy = await busyTimer(workbench.page);
  const before = await busy();
  const { times, height, mostImages } = await scroller.evaluate(scrollThrough, speed);
  const after = await busy();
  const round = (value: number) => Number(value.toFixed(1));
  return {
    frames: times.length,
    height,
    mostImages,
    median: round(quantile(times, 0.5)),
    p95: round(quantile(times, 0.95)),
    worst: round(Math.max(...times)),
    /** Frames that came later than the next screen refresh. */
    late: times.filter((time) => time > 25).length,
    mainThread: round(((after.task - before.task) * 1000) / times.length),
  };
}

interface Scroller {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
  querySelectorAll(selector: string): { length: number };
  ownerDocument: { defaultView: { requestAnimationFrame(callback: () => void): void } };
}

/** Runs in the page. */
async function scrollThrough(element: unknown, speed: number) {
  const scroller = element as Scroller;
  const frame = () =>
    new Promise<number>((resolve) =>
      scroller.ownerDocument.defaultView.requestAnimationFrame(() => resolve(performance.now())),
    );
  const times: number[] = [];
  let mostImages = 0;
  let last = await frame();
  for (const direction of [1, -1]) {
    const end = direction > 0 ? scroller.scrollHeight - scroller.clientHeight - 1 : 0;
    while ((end - scroller.scrollTop) * direction > 0) {
      scroller.scrollTop += speed * direction;
      const now = await frame();
      times.push(now - last);
      last = now;
      mostImages = Math.max(mostImages, scroller.querySelectorAll('img').length);
    }
  }
  return { times, height: scroller.scrollHeight, mostImages };
}
