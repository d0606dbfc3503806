import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { totalBytes } from '../../../src/downloads/plan';
import { MANIFEST } from '../../../src/downloads/staging';
import { DownloadScene, WEIGHTS } from './downloadScene';

let scene: DownloadScene;
beforeAll(async () => {
  scene = await DownloadScene.create();
});
beforeEach(() => scene.reset());

describe('a download without faults', () => {
  it('brings the files of a diffusers folder in 16 bits and nothing else', async () => {
    const plan = await scene.plan();
    expect(await scene.download(plan)).toBe(scene.folder);
    expect(scene.filesIn(scene.folder)).toEqual([
      MANIFEST,
      'model_index.json',
      'scheduler/scheduler_config.json',
      'text_encoder/config.json',
      'text_encoder/model.fp16.safetensors',
      'tokenizer/merges.txt',
      'tokenizer/tokenizer_config.json',
      'tokenizer/vocab.json',
      'unet/config.json',
      WEIGHTS,
      'vae/config.json',
      'vae/diffusion_pytorch_model.fp16.safetensors',
    ]);
    expect(scene.isWhole(plan)).toBe(true);
    expect(JSON.parse(readFileSync(join(scene.folder, MANIFEST), 'utf8'))).toEqual(plan);
    expect(existsSync(`${scene.folder}.download`)).toBe(false);
  });

  it('counts bytes up to the total', async () => {
    const plan = await scene.plan();
    const counts: number[] = [];
    await scene.download(plan, { onBytes: (bytes) => counts.push(bytes) });
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.at(-1)).toBe(totalBytes(plan.files));
  });

  it('sends the token to the hub and to no other server', async () => {
    await scene.download(await scene.plan(), { token: 'hf_topsecret' });
    const [hub, cdn] = (['hub', 'cdn'] as const).map((server) => scene.hub.seen.filter((one) => one.server === server));
    expect(hub!.filter(({ path }) => path.includes('/resolve/')).length).toBeGreaterThan(5);
    expect(hub!.some(({ headers }) => headers.authorization === 'Bearer hf_topsecret')).toBe(true);
    expect(cdn!.length).toBe(3);
    expect(cdn!.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  it('asks for files as they are, so that ranges count right', async () => {
    await scene.download();
    const encodings = scene.hub.seen
      .filter(({ path }) => /^\/cdn/.test(path))
      .map(({ headers }) => headers['accept-encoding']);
    expect([...new Set(encodings)]).toEqual(['identity']);
  });
});
