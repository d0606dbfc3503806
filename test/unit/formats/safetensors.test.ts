import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSafetensors, readTensors, writeSafetensors } from '../../../native-runtime/formats/safetensors';

const fixtures = join(__dirname, '../../fixtures');

describe('writing what was read', () => {
  test.each(['sd1/train.batch.safetensors', 'sd1/base/vae/diffusion_pytorch_model.safetensors', 'sd2/vae.safetensors'])(
    '%s is reproduced byte for byte',
    async (name) => {
      const file = await openSafetensors(join(fixtures, name));
      const copy = join(await mkdtemp(join(tmpdir(), 'safetensors-')), 'copy.safetensors');
      await writeSafetensors(copy, await readTensors(file), file.metadata);
      expect((await readFile(copy)).equals(await readFile(file.path))).toBe(true);
    },
  );
});
