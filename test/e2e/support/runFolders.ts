import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workbench } from './workbench';

/** The folders of runs in the workspace, oldest first. */
export function runFolders({ workspace }: Workbench): Promise<string[]> {
  return runsIn(join(workspace, '.custom-diffusion', 'runs'));
}

/** The folders of runs below `root`, oldest first; the cache that runs share lies beside them. */
export async function runsIn(root: string): Promise<string[]> {
  if (!existsSync(root)) return [];
  const folders = (await readdir(root)).sort().map((name) => join(root, name));
  return folders.filter((folder) => existsSync(join(folder, 'config.json')));
}

/** The only run of the workspace. */
export async function onlyRun(workbench: Workbench): Promise<string> {
  const folders = await runFolders(workbench);
  if (folders.length !== 1 || !folders[0]) throw new Error(`one run was expected, there are ${folders.length}`);
  return folders[0];
}

/** A JSON document of a run, such as `manifest.json`. */
export async function readDocument(run: string, name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(run, name), 'utf8')) as Record<string, unknown>;
}
