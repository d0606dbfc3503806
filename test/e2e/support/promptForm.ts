import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench';

/** The prompt side panel, filled in the way a user does. */
export class PromptForm {
  constructor(readonly frame: FrameLocator) {}

  /** Opens the view and waits until its model is known. */
  static async open(workbench: Workbench): Promise<PromptForm> {
    await workbench.openViewContainer('Custom Diffusion');
    const form = new PromptForm(await workbench.webview('Prompt'));
    await form.prompt.waitFor();
    return form;
  }

  get prompt(): Locator {
    return this.frame.getByRole('textbox', { name: 'Prompt', exact: true });
  }

  /** What is said about the pictures being made. */
  get status(): Locator {
    return this.frame.locator('.job [role=status]');
  }

  /** The pictures that have arrived. */
  get pictures(): Locator {
    return this.frame.locator('.strip li');
  }

  /** Chooses the first model whose name contains `label`. */
  async chooseModel(label: string): Promise<void> {
    await this.frame.getByRole('combobox', { name: 'Model' }).click();
    await this.frame.locator('vscode-option').filter({ hasText: label }).first().click();
  }

  /** A text field of the form by its label. */
  field(label: string): Locator {
    return this.frame.getByRole('textbox', { name: label, exact: true });
  }

  /** Writes a number of the form. */
  async write(label: string, value: number): Promise<void> {
    await this.field(label).fill(String(value));
  }

  /** Presses *Generate*, and returns when the request is under way. */
  async generate(): Promise<void> {
    await this.frame.locator('#generate').click();
    await this.frame.locator('#stop').waitFor();
  }

  /** Waits until nothing is being made any more. */
  async rest(): Promise<void> {
    await this.frame.locator('#generate').waitFor({ timeout: 240_000 });
  }
}
