import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench';

/** Training on a busy machine takes its time. */
const patience = 240_000;

/** The run panel as a user reads it. */
export class RunPage {
  private constructor(
    readonly frame: FrameLocator,
    readonly state: Locator,
  ) {}

  /** The run panel that is open: its tab carries the name of the run's folder, which begins with the time. */
  static async find(workbench: Workbench, title: string | RegExp = /^\d{4}-\d\d-\d\dT/): Promise<RunPage> {
    const frame = await workbench.webview(title, 120_000);
    const state = frame.locator('#run-state');
    await state.waitFor();
    return new RunPage(frame, state);
  }

  /** Waits until the state reads like this. */
  async waitForState(text: string | RegExp): Promise<void> {
    await this.state.filter({ hasText: text }).waitFor({ timeout: patience });
  }

  /** Waits until the loss of at least `count` steps is in the table that stands beside the chart. */
  async waitForSteps(count: number): Promise<void> {
    const table = this.frame.locator('details').filter({ hasText: 'Values as a table' });
    if ((await table.getAttribute('open')) === null) await table.locator('summary').click();
    await table
      .locator('tbody tr')
      .nth(count - 1)
      .waitFor({ timeout: patience });
  }

  /** The steps in the table and the first loss of each. */
  async values(): Promise<{ step: number; loss: number }[]> {
    const rows = this.frame.locator('details').filter({ hasText: 'Values as a table' }).locator('tbody tr');
    const texts = await rows.evaluateAll((found) =>
      found.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '')),
    );
    return texts.map(([step, loss]) => ({ step: Number(step), loss: Number(loss) }));
  }

  /** Presses a button such as `stop` or `resume` as soon as it can be pressed. */
  async press(button: 'pause' | 'stop' | 'stopNow' | 'resume'): Promise<void> {
    await this.frame.locator(`#run-${button}:not([disabled])`).click({ timeout: patience });
  }
}
