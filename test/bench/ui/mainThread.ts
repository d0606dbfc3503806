import type { Page } from 'playwright-core';

/**
 * Seconds of processor time that the main thread of the page's process has used so far, and those of them in scripts. The
 * workbench's own work is in it, other programs' work is not.
 */
export interface BusyTime {
  task: number;
  script: number;
}

/** Reads how busy the main thread was, as the browser itself counts it. */
export async function busyTimer(page: Page): Promise<() => Promise<BusyTime>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
    return { task: value('TaskDuration'), script: value('ScriptDuration') };
  };
}
