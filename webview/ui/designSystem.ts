import { provideVSCodeDesignSystem } from '@vscode/webview-ui-toolkit';

type Registration = Parameters<ReturnType<typeof provideVSCodeDesignSystem>['register']>[0];

/** Makes toolkit components known to the page; each wrapper registers its own. */
export function registerControl(registration: Registration): void {
  provideVSCodeDesignSystem().register(registration);
}
