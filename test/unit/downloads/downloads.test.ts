import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Downloads } from '../../../src/downloads/downloads';
import { DownloadScene, quick, WEIGHTS } from './downloadScene';

let scene: DownloadScene;
beforeAll(async () => {
  scene = await DownloadScene.create();
});
beforeEach(() => scene.reset());

/** A download that waits in the middle of the weights until it is cancelled. */
async function heldDownload(root: string) {
  const folder = join(root, 'someone', 'tiny');
  const downloads = new Downloads(() => root);
  const plan = await scene.plan();
  const content = scene.hub.repository.files[WEIGHTS]!;
  let held = true;
  scene.hub.cdnFaults = [
    (_request, response, path) => {
      if (!held || !path.includes(encodeURIComponent(WEIGHTS))) return false;
      response.writeHead(200, { etag: scene.hub.etag(content) }).write(content.subarray(0, 50_000));
      return true;
    },
  ];
  const access = { endpoint: scene.hub.endpoint, pace: { ...quick, idleMs: 60_000 } };
  return { folder, downloads, plan, access, letGo: () => (held = false) };
}

describe('the list of downloads', () => {
  it('shows a running download, then a paused one, and lets it be resumed', async () => {
    const { folder, downloads, plan, access, letGo } = await heldDownload(join(scene.root, 'resumed'));
    let changes = 0;
    downloads.onDidChange(() => changes++);
    let arrived!: () => void;
    const half = new Promise<void>((resolve) => (arrived = resolve));
    const running = downloads
      .run(plan, folder, access, (bytes) => bytes > 50_000 && arrived())
      .catch((error: unknown) => error);
    await half;
    const [entry] = await downloads.list();
    expect(entry).toMatchObject({ kind: 'download', name: 'tiny', state: 'here' });
    expect(entry!.received).toBeGreaterThan(50_000);
    await expect(downloads.run(plan, folder, access, () => {})).rejects.toMatchObject({ code: 'conflict' });
    // Another window sees it, too, and does not touch it.
    const other = new Downloads(() => join(scene.root, 'resumed'));
    await expect(other.discard(folder)).rejects.toMatchObject({ code: 'conflict' });
    expect(await other.list()).toMatchObject([{ state: 'elsewhere' }]);
    downloads.cancel(folder);
    expect(await running).toMatchObject({ code: 'cancelled' });
    expect(await downloads.list()).toEqual([{ ...entry, state: 'paused' }]);
    expect((await downloads.list())[0]).toBe(entry);
    letGo();
    expect(await downloads.run(entry!.plan, folder, access, () => {})).toBe(folder);
    expect(await downloads.list()).toEqual([]);
    expect(changes).toBeGreaterThan(3);
  });

  it('discards what a paused download left', async () => {
    const { folder, downloads, plan, access } = await heldDownload(join(scene.root, 'discarded'));
    const running = downloads.run(plan, folder, access, (bytes) => bytes > 50_000 && downloads.dispose());
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(`${folder}.download`)).toBe(true);
    await downloads.discard(folder);
    expect(existsSync(`${folder}.download`)).toBe(false);
    expect(await downloads.list()).toEqual([]);
  });
});
