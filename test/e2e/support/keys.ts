import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';

/** A person who uses the keyboard alone: whatever has the focus gets the keys. */
export class Keys {
  constructor(private readonly page: Page) {}

  press(key: string): Promise<void> {
    return this.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  /** Presses Tab (or another key) until the element, or something in it, has the focus. */
  async tabTo(element: Locator, key = 'Tab'): Promise<void> {
    await element.first().waitFor();
    for (let press = 0; press < 150; press++) {
      if (await hasFocus(element)) return;
      await this.press(key);
      // The focus may have to cross the border of a frame.
      await this.page.waitForTimeout(30);
    }
    throw new Error(`${key} does not lead to ${element}`);
  }

  /** Waits until the element has the focus without any key being pressed. */
  async waitForFocus(element: Locator): Promise<void> {
    await expect.poll(() => hasFocus(element), { timeout: 30_000 }).toBe(true);
  }

  /** Goes to a button or the like and presses it. */
  async activate(element: Locator): Promise<void> {
    await this.tabTo(element);
    await this.press('Enter');
  }

  /** Goes to a text field and replaces what is in it. */
  async write(field: Locator, text: string): Promise<void> {
    await this.tabTo(field);
    await this.press('ControlOrMeta+A');
    await this.type(text);
    await expect.poll(() => field.inputValue()).toBe(text);
  }

  /** Goes to a drop-down field and through its entries, from the first on, until this one is chosen. */
  async choose(field: Locator, label: string | RegExp): Promise<void> {
    await this.tabTo(field);
    await this.press('Home');
    const chosen = field.locator('vscode-option[aria-selected=true]').filter({ hasText: label });
    for (let press = 0; press < 20 && (await chosen.count()) === 0; press++) {
      await this.press('ArrowDown');
      await this.page.waitForTimeout(100);
    }
    expect(await chosen.count()).toBe(1);
  }

  /** Runs a command from the palette. */
  async command(title: string): Promise<void> {
    const chosen = this.page.locator('.quick-input-list .monaco-list-row.focused').filter({
      has: this.page.getByText(title, { exact: true }),
    });
    // On a busy machine an extension's commands come some seconds after the window.
    for (let attempt = 0; attempt < 10; attempt++) {
      await this.press('F1');
      await this.quickInput.waitFor();
      await this.type(title);
      if (await appears(chosen, 5000)) break;
      await this.press('Escape');
    }
    await this.press('Enter');
  }

  /** Writes the name of a folder into the file dialog that opens, behind the folder it stands in, and accepts it. */
  async answerFileDialog(name: string): Promise<void> {
    // What is typed before the entries are there is lost.
    const entries = this.page.locator('.quick-input-list .monaco-list-row');
    await entries.filter({ has: this.page.getByText(name, { exact: true }) }).waitFor();
    await this.press('End');
    await this.type(name);
    await expect.poll(() => this.quickInput.inputValue()).toMatch(new RegExp(`/${name}/?$`));
    // The dialog first reads the folder that was written and does not hear the key meanwhile.
    for (let attempt = 0; attempt < 10 && (await this.quickInput.isVisible()); attempt++) {
      await this.press('Enter');
      await this.quickInput.waitFor({ state: 'hidden', timeout: 3000 }).catch(() => {});
    }
  }

  private get quickInput(): Locator {
    return this.page.locator('.quick-input-widget input.input').first();
  }
}

/** What is needed of an element of a page; these tests are typed for Node. */
interface PageElement {
  ownerDocument: { hasFocus(): boolean };
  matches(selector: string): boolean;
}

/** Whether the element, or something in it, would hear a key that is pressed now. */
function hasFocus(element: Locator): Promise<boolean> {
  return element.evaluateAll((found) =>
    (found as unknown as PageElement[]).some(
      (each) => each.ownerDocument.hasFocus() && each.matches(':focus, :focus-within'),
    ),
  );
}

async function appears(element: Locator, timeout: number): Promise<boolean> {
  return element.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}
