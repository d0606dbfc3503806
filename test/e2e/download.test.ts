import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HubServer, type ServedRepository } from '../unit/downloads/hubServer';
import { describeInWorkbench } from './support/describeInWorkbench';
import { keepEvidence } from './support/keepEvidence';
import { Workbench } from './support/workbench';

const pocket = join('media', 'pocket');
const WEIGHTS = 'unet/diffusion_pytorch_model.safetensors';

/** The model that ships with the product, as a repository of a hub. */
function pocketRepository(): ServedRepository {
  const paths = readdirSync(pocket, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map((path) => [path.slice(pocket.length + 1).replaceAll('\\', '/'), readFileSync(path)] as const);
  return {
    name: 'someone/pocket-model',
    commit: 'c0ffee0000000000000000000000000000000001',
    gated: false,
    cardData: { license: 'creativeml-openrail-m' },
    files: Object.fromEntries(files),
  };
}

describeInWorkbench('a base model from a hub', () => {
  let workbench: Workbench;
  let hub: HubServer;
  let held = true;

  beforeAll(async () => {
    hub = await HubServer.start(pocketRepository());
    // The weights stop in the middle until the test lets go of them.
    hub.cdnFaults = [
      (_request, response, path) => {
        if (!held || !path.includes(encodeURIComponent(WEIGHTS))) return false;
        const content = hub.repository.files[WEIGHTS]!;
        response.writeHead(200, { etag: hub.etag(content), 'content-length': content.length });
        response.write(content.subarray(0, content.length >> 1));
        return true;
      },
    ];
    workbench = await Workbench.open({ environment: { HF_ENDPOINT: hub.endpoint } });
  });

  afterAll(() => workbench?.close());

  it('says what it costs and under which licence, and shows how far it is', async (context) => {
    keepEvidence(context, () => workbench);
    const { page } = workbench;
    await workbench.runCommand('Custom Diffusion: Download Base Model…');
    await page.getByText('stabilityai/stable-diffusion-xl-base-1.0').waitFor();
    expect(hub.seen).toEqual([]);
    await workbench.pick('Another Repository…');
    await workbench.answer('someone/pocket-model');
    await page.getByText('Revision of someone/pocket-model').waitFor();
    await workbench.answer('main');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByText('Download someone/pocket-model').waitFor();
    const detail = await dialog.innerText();
    expect(detail).toMatch(/Licence: CreativeML Open RAIL-M/);
    expect(detail).toMatch(/Free there: [\d.]+ GB/);
    expect(hub.seen.filter(({ path }) => path.startsWith('/cdn/'))).toEqual([]);
    await dialog.getByRole('button', { name: 'Accept Licence and Download' }).click();
    await workbench.notification(/Downloading pocket-model/);
    const sideBar = await workbench.openViewContainer('Custom Diffusion');
    await sideBar.getByText(/downloading, \d+ %/).waitFor();
  });

  it('keeps what has come when it is cancelled, and goes on from there', async (context) => {
    keepEvidence(context, () => workbench);
    const sideBar = await workbench.openViewContainer('Custom Diffusion');
    const toast = await workbench.notification(/Downloading pocket-model/);
    await toast.getByRole('button', { name: 'Cancel' }).click();
    await sideBar.getByText(/download paused at \d+ %/).waitFor();
    held = false;
    hub.seen.length = 0;
    await workbench.runCommand('Custom Diffusion: Download Base Model…');
    await workbench.pick('pocket-model');
    const ready = await workbench.notification(/pocket-model is ready/, 120_000);
    expect(hub.contentRequests(WEIGHTS)[0]?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
    await sideBar
      .getByText(/Stable Diffusion 1\.x · \d+ px/)
      .nth(1)
      .waitFor();
    expect(await sideBar.getByText(/download paused|downloading/).count()).toBe(0);
    await ready.getByRole('button', { name: 'Generate…' }).click();
    const prompt = await workbench.webview('Prompt');
    const chosen = prompt.locator('vscode-option[aria-selected=true]', { hasText: 'pocket-model (base)' });
    await chosen.waitFor({ state: 'attached' });
    const storage = join(workbench.server.userData, 'globalStorage', 'custom-diffusion.custom-diffusion');
    const folder = join(storage, 'models', 'someone', 'pocket-model');
    expect(existsSync(join(folder, 'custom-diffusion-download.json'))).toBe(true);
    expect(readFileSync(join(folder, WEIGHTS)).equals(hub.repository.files[WEIGHTS]!)).toBe(true);
  });
});
