import { window, type ExtensionContext } from 'vscode';
import { registerContributions } from './contributions';
import type { Host } from './host';

/** Without any use until then, the rest is loaded after so long: it watches documents, settings and runs as well. */
const WARM_UP_MS = 200;

let host: Promise<Host> | undefined;

/** Called by the editor on the first use of anything we contribute. Loads next to nothing: other extensions wait for it. */
export function activate(context: ExtensionContext): void {
  const load = () => (host ??= loadHost(context));
  const timer = setTimeout(() => load().catch((error: unknown) => window.showErrorMessage(String(error))), WARM_UP_MS);
  context.subscriptions.push(
    registerContributions(context, async () => (await load()).provided),
    { dispose: () => clearTimeout(timer) },
  );
}

/** Called when the window closes. */
export async function deactivate(): Promise<void> {
  await (await host)?.shutdown();
}

async function loadHost(context: ExtensionContext): Promise<Host> {
  // A bundle of its own beside this one.
  const { startHost } = await import('./host');
  return startHost(context);
}
