import { commands } from 'vscode';

/** A context key of menus and welcome texts; the editor hears of it only when its value changes. */
export class ContextKey {
  private value: boolean | undefined;

  constructor(private readonly name: string) {}

  set(value: boolean): void {
    if (value === this.value) return;
    this.value = value;
    void commands.executeCommand('setContext', this.name, value);
  }
}
