import { l10n, window, type ExtensionContext } from 'vscode';
import { config } from 'zod';
import { registerDownloadCommands } from './commands/downloadBaseModel';
import { registerFineTuneCommands } from './commands/fineTuneCommands';
import { registerCudaCommands } from './commands/installCuda';
import { registerProductCommands } from './commands/productCommands';
import { registerRunCommands } from './commands/runCommands';
import { registerSampleCommands } from './commands/sampleCommands';
import { createServices } from './createServices';
import { registerAttentionEditor } from './editors/attentionEditor';
import { registerConceptsLanguage } from './editors/conceptsLanguage';
import { registerWeightsEditor } from './editors/weightsEditor';
import { registerDevicesPanel } from './panels/devicesPanel';
import { registerFineTunePanel } from './panels/fineTunePanel';
import { registerGridPanel } from './panels/gridPanel';
import { registerRunPanel } from './panels/runPanel';
import type { Provided } from './provided';
import { registerIgnoredSettingsNotice } from './settings/ignoredSettingsNotice';
import { registerStatusBar } from './statusBar';
import { translateBy } from './translation';
import { registerModelsView } from './views/modelsView';
import { registerPromptView } from './views/promptView';
import { registerRunsView } from './views/runsView';

const features = [
  registerFineTuneCommands,
  registerRunCommands,
  registerSampleCommands,
  registerProductCommands,
  registerDownloadCommands,
  registerCudaCommands,
  registerFineTunePanel,
  registerRunPanel,
  registerGridPanel,
  registerDevicesPanel,
  registerPromptView,
  registerRunsView,
  registerModelsView,
  registerAttentionEditor,
  registerWeightsEditor,
  registerConceptsLanguage,
  registerStatusBar,
  registerIgnoredSettingsNotice,
];

/** The extension's parts, at work. */
export interface Host {
  provided: Provided;
  /** A run in progress keeps a checkpoint before its process ends. */
  shutdown(): Promise<void>;
}

/** Puts everything to work that the extension's entry left for its first use. */
export function startHost(context: ExtensionContext): Host {
  // zod would look at `navigator` to see whether it may compile its checks; the editor reports that as an error of ours.
  config({ jitless: true });
  translateBy((text, ...values) => l10n.t(text, ...values));
  const log = window.createOutputChannel('Custom Diffusion', { log: true });
  const services = createServices(context, log);
  context.subscriptions.push(log, ...features.map((register) => register(services)));
  return { provided: services.provided, shutdown: () => services.runtime.shutdown() };
}
