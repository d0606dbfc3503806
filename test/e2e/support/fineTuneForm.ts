import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench';

/** The fine-tune panel, filled in the way a user does. */
export class FineTuneForm {
  private constructor(readonly frame: FrameLocator) {}

  /** The form that is open, once it shows its concepts. */
  static async find(workbench: Workbench): Promise<FineTuneForm> {
    const form = new FineTuneForm(await workbench.webview(/^Fine-tune/, 120_000));
    await form.field('steps').waitFor();
    return form;
  }

  /** A field by its place in the configuration, such as `concepts.0.classNoun`. */
  field(name: string): Locator {
    return this.frame.locator(`[data-field="${name}"]`);
  }

  /** The text of a field. */
  input(name: string): Locator {
    return this.field(name).locator('input, textarea');
  }

  /** Writes texts and numbers into their fields; those under *Advanced* are opened first. */
  async write(values: Record<string, string | number>): Promise<void> {
    await this.openAdvanced();
    for (const [name, value] of Object.entries(values)) await this.input(name).fill(String(value));
  }

  /** Chooses an entry of a drop-down field. */
  async choose(name: string, label: string): Promise<void> {
    await this.field(name).locator('vscode-dropdown').click();
    await this.field(name).locator('vscode-option').getByText(label, { exact: true }).click();
  }

  /** A figure of *What it takes*, such as `Trained parameters`. */
  total(name: string): Locator {
    return this.frame.locator('.totals > div').filter({ hasText: name }).locator('dd');
  }

  /** Starts the run once nothing stops it. */
  async start(): Promise<void> {
    await this.frame.getByText('Ready to start.').waitFor();
    await this.frame.locator('#start').click();
  }

  private async openAdvanced(): Promise<void> {
    const advanced = this.frame.locator('details.advanced');
    if ((await advanced.getAttribute('open')) === null) await advanced.locator('> summary').click();
  }
}
