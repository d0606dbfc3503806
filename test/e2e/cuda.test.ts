import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cudaPackage, standInDriver } from '../support/cudaPackage';
import { FeedServer } from '../unit/cuda/feedServer';
import { describeInWorkbench } from './support/describeInWorkbench';
import { keepEvidence } from './support/keepEvidence';
import { Workbench } from './support/workbench';

describeInWorkbench('CUDA support from a feed', () => {
  let workbench: Workbench;
  let feed: FeedServer;
  const folder = mkdtempSync(join(tmpdir(), 'custom-diffusion-driver-'));

  beforeAll(async () => {
    feed = await FeedServer.start();
    feed.content = cudaPackage();
    // As if started from a terminal: then a login shell is not asked for its PATH.
    const PATH = [standInDriver(join(folder, 'bin')), process.env.PATH].join(delimiter);
    workbench = await Workbench.open({ environment: { PATH, VSCODE_CLI: '1' } });
    // Settings of this scope belong to the machine that the extension runs on.
    const machine = join(workbench.server.userData, '..', 'Machine');
    mkdirSync(machine, { recursive: true });
    writeFileSync(
      join(machine, 'settings.json'),
      JSON.stringify({ 'customDiffusion.cuda.packageFeed': feed.endpoint }),
    );
    await workbench.reload();
  });

  afterAll(async () => {
    await workbench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is offered by Devices, says what it costs, and goes where the runtime finds it', async (context) => {
    keepEvidence(context, () => workbench);
    const { page } = workbench;
    await workbench.runCommand('Custom Diffusion: Show Devices');
    const devices = await workbench.webview('Devices');
    const cuda = devices.getByRole('region', { name: /CUDA/ });
    await cuda.getByText('NVIDIA H100 80GB HBM3').waitFor({ timeout: 120_000 });
    await cuda.getByRole('button', { name: 'Install CUDA Support…' }).click();
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByText('Install CUDA support for ONNX Runtime 1.30.0').waitFor();
    const detail = await dialog.innerText();
    expect(detail).toContain('NVIDIA driver 570.86.15');
    expect(detail).toMatch(/Free there: [\d.]+ GB/);
    expect(feed.ranges).toEqual([]);
    await dialog.getByRole('button', { name: 'Download and Install' }).click();
    // The stand-ins for libraries cannot be loaded, and the message says what to do.
    await workbench.notification(/CUDA support is installed, but CUDA cannot be used yet/, 120_000);
    const storage = join(workbench.server.userData, 'globalStorage', 'custom-diffusion.custom-diffusion', 'cuda');
    expect(readdirSync(join(storage, 'onnxruntime-1.30.0')).sort()).toEqual([
      'libonnxruntime.so.1',
      'libonnxruntime_providers_cuda.so',
      'libonnxruntime_providers_shared.so',
    ]);
    expect(existsSync(join(storage, 'package', 'Microsoft.ML.OnnxRuntime.Gpu.Linux.1.30.0.nupkg'))).toBe(false);
    await cuda.getByText("ONNX Runtime's CUDA library", { exact: false }).waitFor();
    await cuda.getByText(join(storage, 'onnxruntime-1.30.0'), { exact: false }).waitFor({ state: 'attached' });
    expect(await cuda.getByRole('button', { name: 'Install CUDA Support…' }).count()).toBe(0);
  });
});
