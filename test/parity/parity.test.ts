import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSafetensors, readTensors, writeSafetensors } from '../../native-runtime/formats/safetensors';
import { parityCommand } from '../../native-runtime/parity/command';
import { runParity, type ParityGroup } from '../../native-runtime/parity/runParity';
import { temporaryFolder } from '../support/temporaryFolder';

const fixtures = join(__dirname, '../fixtures');
const minutes = 60_000;

describe('the product equals the reference', () => {
  test.each(['sd1', 'sd2', 'sdxl'])(
    '%s',
    async (model) => {
      const lines: string[] = [];
      const status = await parityCommand([join(fixtures, model)], (line) => lines.push(line));
      expect(lines.filter((line) => line.includes('FAIL'))).toEqual([]);
      const checks = lines.filter((line) => line.endsWith('  ok')).length;
      expect(lines.at(-1)).toBe(`${checks} passed, 0 failed`);
      expect(checks).toBeGreaterThan(500);
      expect(status).toBe(0);
    },
    30 * minutes,
  );
});

/** A copy of a recording with something wrong in it. */
const temporary = temporaryFolder();
let copies = 0;
async function copyOf(model: string): Promise<string> {
  const folder = join(temporary, `recording-${copies++}`);
  await cp(join(fixtures, model), folder, { recursive: true });
  return folder;
}

/** Adds to the first value of a recorded tensor. */
async function change(folder: string, file: string, name: string, by: number): Promise<void> {
  const path = join(folder, `${file}.safetensors`);
  const tensors = await readTensors(await openSafetensors(path));
  (tensors.get(name)!.data as Float32Array)[0]! += by;
  await writeSafetensors(path, tensors);
}

describe('a recording that the product does not equal fails in the right line', () => {
  const cases: [string, ParityGroup, (folder: string) => Promise<void>, string[]][] = [
    ['a value of the UNet', 'unet', (f) => change(f, 'unet', 'output', 0.01), ['unet output', 'unet output with maps']],
    ['a value that is not a number', 'autoencoder', (f) => change(f, 'vae', 'mean', NaN), ['autoencoder mean']],
    [
      'a state of a solver',
      'schedulers',
      (f) => change(f, 'schedulers', 'unipc.5.states', 0.01),
      ['scheduler unipc.5 states'],
    ],
    [
      'a timestep',
      'schedulers',
      (f) => change(f, 'schedulers', 'pndm.20.timesteps', 1),
      ['scheduler pndm.20 timesteps'],
    ],
    ['a pixel of the picture', 'sample', (f) => change(f, 'sample', 'image', 0.01), ['sample image']],
    [
      'the id of a word',
      'tokenizer',
      async (f) => {
        const path = join(f, 'tokenizer.json');
        const recorded = JSON.parse(await readFile(path, 'utf8')) as { cases: { text: string; ids: number[] }[] };
        recorded.cases.find(({ text }) => text === "cat's")!.ids[1]!++;
        await writeFile(path, JSON.stringify(recorded));
      },
      ['tokenizer 0 "cat\'s" ids'],
    ],
    [
      'a delta without a tensor',
      'deltas',
      async (f) => {
        const path = join(f, 'deltas/pytorch_custom_diffusion_weights.safetensors');
        const tensors = await readTensors(await openSafetensors(path));
        tensors.delete([...tensors.keys()][0]!);
        await writeSafetensors(path, tensors);
      },
      [
        'delta pytorch_custom_diffusion_weights.safetensors loads to what was trained',
        'delta pytorch_custom_diffusion_weights.safetensors as written, key by key',
      ],
    ],
    ['a single file that is missing', 'single file', (f) => rm(join(f, 'single-file.safetensors')), ['single file']],
    ['a file that is missing', 'autoencoder', (f) => rm(join(f, 'vae.safetensors')), ['autoencoder']],
  ];
  test.each(cases)(
    '%s',
    async (_, group, spoil, failing) => {
      const folder = await copyOf('sd1');
      await spoil(folder);
      const { passed, checks } = await runParity(folder, () => {}, [group]);
      expect(checks.filter((check) => !check.passed).map(({ name }) => name)).toEqual(failing);
      expect(passed).toBe(false);
    },
    2 * minutes,
  );

  test(
    'a gradient, a loss, a final weight, and modes that are missing',
    async () => {
      const folder = await copyOf('sd2');
      const file = 'train.crossattn-kv';
      const weight = 'mid_block.attentions.0.transformer_blocks.0.attn2.to_v.weight';
      await change(folder, file, `grad.${weight}`, 0.01);
      await change(folder, file, `final.${weight}`, 0.01);
      await change(folder, file, 'losses', 0.01);
      const path = join(folder, 'train.json');
      const settings = JSON.parse(await readFile(path, 'utf8')) as { modes: Record<string, unknown> };
      settings.modes = { 'crossattn-kv': settings.modes['crossattn-kv'] };
      await writeFile(path, JSON.stringify(settings));
      const { checks } = await runParity(folder, () => {}, ['training']);
      expect(checks.filter((check) => !check.passed).map(({ name }) => name)).toEqual([
        'training recorded for every mode',
        `${file} gradient ${weight}`,
        `${file} losses`,
        `${file} change of ${weight}`,
      ]);
    },
    10 * minutes,
  );
});

test.each<[string, string[], RegExp]>([
  ['no folder named', [], /npm run parity --/],
  ['a folder that is none', [join(fixtures, 'nowhere')], /nowhere.*there is no such model/],
])('bad input: %s', async (_, args, message) => {
  const lines: string[] = [];
  expect(await parityCommand(args, (line) => lines.push(line))).toBe(2);
  expect(lines.join('\n')).toMatch(message);
});
