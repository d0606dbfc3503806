import { workspace } from 'vscode';

/** Every setting of the extension, by its name below `customDiffusion.`. */
export interface Configuration {
  'runtime.nodePath': string;
  'runtime.idleMinutes': number;
  'runtime.threads': number;
  'runtime.device': 'auto' | 'cpu' | 'webgpu' | 'cuda';
  'runtime.precision': 'auto' | 'single' | 'mixed';
  'models.folders': string[];
  'models.defaultBase': string;
  'models.downloadFolder': string;
  'models.hubEndpoint': string;
  'cuda.packageFeed': string;
  'cuda.libraryFolders': string[];
  'runs.folder': string;
  'cache.folder': string;
  'training.mode': 'auto' | 'crossattn-kv' | 'crossattn' | 'self-crossattn-kv' | 'self-crossattn';
  'training.sampleEvery': number;
  'notifications.onFinish': boolean;
}

/** The name of the section all settings lie in. */
export const CONFIGURATION_SECTION = 'customDiffusion';

/** Reads a setting; the manifest has its default. */
export function readConfiguration<K extends keyof Configuration>(name: K): Configuration[K] {
  // The manifest declares every setting with a default of this type.
  return workspace.getConfiguration(CONFIGURATION_SECTION).get<Configuration[K]>(name) as Configuration[K];
}
