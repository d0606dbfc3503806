import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const id = 'custom-diffusion.custom-diffusion';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(id);
  assert.ok(found, `${id} is not installed`);
  return found;
}

/** The packaged extension is there and starts without an error. */
export async function activates(): Promise<void> {
  await extension().activate();
  assert.equal(extension().isActive, true);
}

/** It runs where the files and the GPU are, not in the browser. */
export function runsBesideTheFiles(): void {
  assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
}

/** No command of the manifest answers "command not found". */
export async function everyContributedCommandIsRegistered(): Promise<void> {
  await extension().activate();
  const registered = new Set(await vscode.commands.getCommands(true));
  const { contributes } = extension().packageJSON as Manifest;
  const missing = contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command));
  assert.deepEqual(missing, []);
}
