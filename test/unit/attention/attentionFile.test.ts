import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttentionMaps } from '../../../native-runtime/attention/aggregate';
import {
  attentionPathFor,
  loadAttention,
  saveAttention,
  type SavedAttention,
} from '../../../native-runtime/attention/attentionFile';
import { openSafetensors, readTensors, writeSafetensors } from '../../../native-runtime/formats/safetensors';
import { float32, int64 } from '../../../native-runtime/tensorData';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attention-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

const maps = (tokens: number, height: number, width: number, start: number): AttentionMaps => ({
  tokens,
  height,
  width,
  data: Float32Array.from({ length: tokens * height * width }, (_, i) => start + i / 7),
});

const saved: SavedAttention = {
  prompt: 'photo of a <new1> cat </script> 猫',
  words: [
    { text: '<new1>', positions: [1], isModifier: true },
    { text: '猫', positions: [2, 3], isModifier: false },
    { text: 'start', positions: [0], isModifier: false, isSpecial: true },
  ],
  picture: { width: 64, height: 96 },
  aggregate: {
    mean: maps(4, 6, 4, 0),
    steps: 12,
    perLayer: new Map([['down_blocks.0.attn2', maps(4, 3, 2, 5)]]),
    perStep: Array.from({ length: 12 }, (_, s) => maps(4, 6, 4, 100 * s)),
  },
};

async function rewritten(change: (metadata: Record<string, string>, tensors: Map<string, unknown>) => void) {
  const path = join(folder, 'good.attention.safetensors');
  await saveAttention(path, saved);
  const file = await openSafetensors(path);
  const tensors = await readTensors(file);
  const metadata = { ...file.metadata };
  change(metadata, tensors);
  const bad = join(folder, 'bad.attention.safetensors');
  await writeSafetensors(bad, tensors, metadata);
  return bad;
}

describe('files of attention maps', () => {
  it('lie beside their picture', () => {
    expect(attentionPathFor('/a.b/cat.01.png')).toBe('/a.b/cat.01.attention.safetensors');
    expect(attentionPathFor('/a.b/cat')).toBe('/a.b/cat.attention.safetensors');
  });

  it('come back as they were, steps in order', async () => {
    const path = join(folder, 'cat.attention.safetensors');
    await saveAttention(path, saved);
    expect(await loadAttention(path)).toEqual(saved);
  });

  it('say how they were made', async () => {
    const path = join(folder, 'told.attention.safetensors');
    await saveAttention(path, saved);
    const { metadata } = await openSafetensors(path);
    expect(metadata.convention).toMatch(/mean over steps.*bicubic/);
    expect(metadata.prompt).toBe(saved.prompt);
  });

  it.each<[string, Parameters<typeof rewritten>[0]]>([
    ['metadata of another format', (m) => (m.format = 'other')],
    ['words that are no JSON', (m) => (m.words = '[{')],
    ['words of the wrong kind', (m) => (m.words = '[{"text":1}]')],
    ['two megabytes of words', (m) => (m.words = JSON.stringify(['x'.repeat(2 << 20)]))],
    ['a word beyond the last map', (m) => (m.words = '[{"text":"a","positions":[4],"isModifier":false}]')],
    ['a picture without height', (m) => (m.picture = '{"width":3}')],
    ['no `mean`', (_, t) => t.delete('mean')],
    ['maps of two dimensions', (_, t) => t.set('mean', float32([4, 24]))],
    ['maps of whole numbers', (_, t) => t.set('step.00099', int64([1, 1, 1], [1]))],
  ])('are refused with %s', async (_, change) => {
    const path = await rewritten(change);
    await expect(loadAttention(path)).rejects.toMatchObject({ code: 'bad-file', where: path });
  });
});
