import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  openSafetensors,
  readTensor,
  readTensors,
  writeSafetensors,
} from '../../../native-runtime/formats/safetensors';
import { float32, int64, type TensorData } from '../../../native-runtime/tensorData';
import { temporaryFolder } from '../../support/temporaryFolder';

const fixtures = join(__dirname, '../../fixtures');
const folder = temporaryFolder();

describe('safetensors', () => {
  test.each(['sd1/train.batch.safetensors', 'sd1/base/vae/diffusion_pytorch_model.safetensors', 'sd2/vae.safetensors'])(
    'writing %s again gives the same bytes',
    async (name) => {
      const file = await openSafetensors(join(fixtures, name));
      const copy = join(folder, 'copy.safetensors');
      await writeSafetensors(copy, await readTensors(file), file.metadata);
      expect((await readFile(copy)).equals(await readFile(file.path))).toBe(true);
    },
  );

  test('every element type, odd names and metadata survive', async () => {
    const tensors = new Map<string, TensorData>([
      ['7', float32([2], [1.5, -0])],
      ['1', int64([1], [-5])],
      ['__proto__', { dtype: 'float16', shape: [1, 2], data: Uint16Array.of(0x3c00, 1) }],
      ['постель "☃"\n', { dtype: 'bfloat16', shape: [], data: Uint16Array.of(0x3f80) }],
      ['flag', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
      ['small', { dtype: 'int8', shape: [1], data: Int8Array.of(-3) }],
      ['byte', { dtype: 'uint8', shape: [1], data: Uint8Array.of(250) }],
      ['short', { dtype: 'int16', shape: [1], data: Int16Array.of(-300) }],
      ['int', { dtype: 'int32', shape: [0, 3], data: new Int32Array() }],
      ['double', { dtype: 'float64', shape: [1], data: Float64Array.of(Math.PI) }],
    ]);
    const path = join(folder, 'all.safetensors');
    await writeSafetensors(path, tensors, { tool: 'test', text: 'ä\n"' });
    const file = await openSafetensors(path);
    expect(await readTensors(file, tensors.keys())).toEqual(tensors);
    expect({ ...file.metadata }).toEqual({ tool: 'test', text: 'ä\n"' });
    expect((await readFile(path)).readUInt32LE(0) % 8).toBe(0);
  });

  test('a slice of a larger buffer is written alone', async () => {
    const path = join(folder, 'slice.safetensors');
    await writeSafetensors(path, new Map([['a', float32([2], new Float32Array([9, 1, 2, 9]).subarray(1, 3))]]));
    expect((await readTensor(await openSafetensors(path), 'a')).data).toEqual(Float32Array.of(1, 2));
  });

  test('a tensor whose shape and values disagree is not written', async () => {
    const path = join(folder, 'wrong.safetensors');
    await writeFile(path, 'before');
    await expect(writeSafetensors(path, new Map([['a', float32([3], [1, 2])]]))).rejects.toThrow(/tensor a of shape/);
    expect(await readFile(path, 'utf8')).toBe('before');
  });

  test('a missing tensor is named', async () => {
    const file = await openSafetensors(join(fixtures, 'sd1/vae.safetensors'));
    await expect(readTensor(file, 'nothing')).rejects.toThrow(/there is no tensor nothing/);
  });
});
