import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RememberedFolders, type Memory } from '../../../src/runs/rememberedFolders';
import { RunStore } from '../../../src/runs/runStore';
import { temporaryFolder } from '../../support/temporaryFolder';

/** What the editor keeps of a workspace: only JSON survives. */
function memory(): Memory {
  const kept = new Map<string, string>();
  return {
    get: (key) => (kept.has(key) ? (JSON.parse(kept.get(key)!) as unknown) : undefined),
    update: async (key, value) => void kept.set(key, JSON.stringify(value)),
  };
}

it('lists a run of a folder that an earlier session named, until the folder is gone', async () => {
  const root = join(temporaryFolder(), 'elsewhere');
  const run = join(root, '2026-11-23T03-23-cat');
  mkdirSync(run, { recursive: true });
  const config = { base: 'pocket', name: 'cat', steps: 2, concepts: [], mode: 'crossattn-kv' };
  writeFileSync(join(run, 'config.json'), JSON.stringify(config));
  const workspace = memory();
  new RememberedFolders(workspace).add(root);

  const later = new RememberedFolders(workspace);
  const store = new RunStore({ roots: () => later.all });
  expect((await store.refresh()).map(({ folder }) => folder)).toEqual([run]);
  rmSync(root, { recursive: true });
  expect(await store.refresh()).toEqual([]);
  store.dispose();
});

it('remembers each folder once, and the latest when there are too many', () => {
  const folders = new RememberedFolders(memory());
  for (let i = 0; i < 60; i++) folders.add(`/runs/${i}`);
  folders.add('/runs/59/');
  expect(folders.all).toHaveLength(50);
  expect(folders.all.at(-1)).toBe('/runs/59');
});

it.each([[undefined], ['text'], [[1, 2]], [['']]])('passes over %j in the memory', (value) => {
  expect(new RememberedFolders({ get: () => value, update: async () => {} }).all).toEqual([]);
});
