import { delimiter } from 'node:path';

const snapSuffix = '_VSCODE_SNAP_ORIG';

/**
 * The environment of the runtime process: a copy of the editor's, without what would change how Node starts or tie the process to the
 * editor, and with the values that a snap package of the editor has set aside put back.
 * @param libraryFolders where native libraries are looked for first; Linux only reads this when a process starts
 */
export function runtimeEnvironment(
  editor: NodeJS.ProcessEnv,
  libraryFolders: readonly string[] = [],
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(editor)) if (value !== undefined && !isEditorsOwn(name)) env[name] = value;
  for (const [name, value] of Object.entries(editor)) {
    if (!name.endsWith(snapSuffix)) continue;
    const original = name.slice(0, -snapSuffix.length);
    if (isEditorsOwn(original)) continue;
    // Empty means that the variable was not set before the snap set it.
    if (value) env[original] = value;
    else delete env[original];
  }
  if (libraryFolders.length)
    env.LD_LIBRARY_PATH = [...libraryFolders, env.LD_LIBRARY_PATH].filter((folder) => folder).join(delimiter);
  // ONNX Runtime's builds send measurements to their maker unless told not to.
  return { ...env, ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1', ORT_DISABLE_TELEMETRY: '1' };
}

function isEditorsOwn(name: string): boolean {
  const upper = name.toUpperCase();
  // NODE_CHANNEL_* would make a Node program below us take over a channel that is not its own.
  return (
    upper === 'NODE_OPTIONS' ||
    upper.startsWith('NODE_CHANNEL_') ||
    upper.startsWith('VSCODE_') ||
    upper.endsWith(snapSuffix)
  );
}
