import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors, readTensors, writeSafetensors } from '../../native-runtime/formats/safetensors';
import { float32 } from '../../native-runtime/tensorData';
import { bundledCommandLine } from '../support/bundledCommandLine';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture } from '../support/tinyBases';

const bundle = bundledCommandLine();
const base = fixture('sd1', 'base');
const cat = join(__dirname, '../../media/concepts/mochi-cat');
const folder = temporaryFolder();
const working = join(folder, 'working');

interface Outcome {
  status: number | null;
  out: string;
  err: string;
}

function run(args: readonly string[], environment: Record<string, string> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
    cwd: working,
    encoding: 'utf8',
    env: { ...process.env, CUSTOM_DIFFUSION_DEBUG: '', ...environment },
  });
  return { status, out: stdout, err: stderr };
}

const train = (...args: string[]) => ['train', '--base', base, '--output', join(working, 'runs'), ...args];
const inFolder = (...parts: string[]) => join(folder, ...parts);

/** A copy of the base with one network's tensors changed. */
async function brokenBase(
  name: string,
  part: string,
  change: (tensors: Awaited<ReturnType<typeof readTensors>>) => void,
) {
  cpSync(base, inFolder(name), { recursive: true });
  const path = inFolder(name, part, 'diffusion_pytorch_model.safetensors');
  const tensors = await readTensors(await openSafetensors(path));
  change(tensors);
  await writeSafetensors(path, tensors);
}

const key = 'down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight';

beforeAll(async () => {
  mkdirSync(working);
  mkdirSync(inFolder('empty'));
  mkdirSync(inFolder('texts'));
  writeFileSync(inFolder('texts', 'a.jpg'), 'this is no picture');
  writeFileSync(inFolder('texts', 'notes.md'), '# notes');
  const config = { base, concepts: [{ folder: cat, classNoun: 'cat' }] };
  writeFileSync(inFolder('typo.json'), JSON.stringify({ ...config, learningrate: 1e-4 }));
  writeFileSync(inFolder('broken.json'), '{"base": "x",\n "concepts": [}');
  writeFileSync(inFolder('list.json'), JSON.stringify([{ instance_prompt: 'photo of a cat', instance_data_dir: cat }]));
  await brokenBase('missing', 'unet', (tensors) => tensors.delete(key));
  await brokenBase('misshaped', 'unet', (tensors) => tensors.set(key, float32([8, 15])));
  await brokenBase('no-decoder', 'vae', (tensors) => tensors.delete('decoder.conv_in.weight'));
  cpSync(base, inFolder('inpainting'), { recursive: true });
  const unetConfig = inFolder('inpainting', 'unet', 'config.json');
  writeFileSync(unetConfig, JSON.stringify({ ...JSON.parse(readFileSync(unetConfig, 'utf8')), in_channels: 9 }));
}, 120_000);

const concept = ['--concept', cat, '--class', 'cat'];

/** Each row: what is wrong, the arguments, what the line must name. */
const cases: [string, () => string[], RegExp][] = [
  [
    'C1 missing folder',
    () => train('--concept', inFolder('nowhere'), '--class', 'cat'),
    /nowhere: the folder does not exist/,
  ],
  [
    'C2 empty folder',
    () => train('--concept', inFolder('empty'), '--class', 'cat'),
    /empty: the folder holds no pictures/,
  ],
  [
    'C3 folder of non-pictures',
    () => train('--concept', inFolder('texts'), '--class', 'cat'),
    /texts: none of 2 files can be used/,
  ],
  [
    'config with a typo',
    () => ['train', inFolder('typo.json')],
    /learningrate: there is no such field\. Did you mean "learningRate"\?/,
  ],
  ['config that is no JSON', () => ['train', inFolder('broken.json')], /broken\.json:2:\d+: /],
  [
    'config that does not exist',
    () => ['train', inFolder('none.json')],
    /none\.json: the configuration does not exist/,
  ],
  [
    'concept list without a token',
    () => ['train', inFolder('list.json'), '--base', base],
    /\[0\]\.instance_prompt: .*no modifier token/,
  ],
  ['nothing to train', () => ['train', '--base', base], /there is nothing to train/],
  ['concept without class', () => train('--concept', cat), /--concept .*mochi-cat: no class noun follows it/],
  ['class before any concept', () => train('--class', 'cat'), /--class: there is no concept before it/],
  ['empty class', () => train('--concept', cat, '--class', ' '), /concepts\[0\]\.classNoun: /],
  [
    'one token for two concepts',
    () => train(...concept, '--token', '<new1>', ...concept, '--token', '<new1>'),
    /concepts\[1\]\.modifierToken: "<new1>" is already/,
  ],
  ['token that is a word already', () => train(...concept, '--token', 'cat'), /cat/],
  ['unknown initialiser', () => train(...concept, '--initialiser', 'qqzzxxyy'), /qqzzxxyy/],
  ['unknown mode', () => train(...concept, '--mode', 'crossattn-q'), /--mode: there is no mode "crossattn-q"/],
  [
    'mode and layers',
    () => train(...concept, '--mode', 'crossattn', '--layers', '*.attn1'),
    /--layers: a mode is chosen as well/,
  ],
  ['pattern that selects nothing', () => train(...concept, '--layers', 'down_blocks.9.*'), /layers: .*down_blocks\.9/],
  [
    'resolution not a multiple',
    () => train(...concept, '--resolution', '100'),
    /resolution: 100 is not a multiple of 64 .*nearest is 128/i,
  ],
  ['steps of a wrong kind', () => train(...concept, '--steps', 'many'), /--steps <n>.*Give a whole number/],
  [
    'base that does not exist',
    () => ['train', '--base', inFolder('nobase'), ...concept],
    /nobase: there is no such model/,
  ],
  [
    'base with a missing tensor',
    () => ['train', '--base', inFolder('missing'), ...concept],
    new RegExp(`missing tensor ${key}`),
  ],
  [
    'base with a mis-shaped tensor',
    () => ['train', '--base', inFolder('misshaped'), ...concept],
    /to_k\.weight is \[8, 15\], expected \[8, 16\]/,
  ],
  [
    'base without a decoder',
    () => ['sample', '--base', inFolder('no-decoder'), '--prompt', 'a cat'],
    /missing tensor decoder\.conv_in\.weight/,
  ],
  [
    'inpainting base',
    () => ['train', '--base', inFolder('inpainting'), ...concept],
    /inpainting model \(9 input channels\)/,
  ],
  ['resume without a run', () => ['train', '--resume', inFolder('empty')], /empty: there is no config\.json of a run/],
  [
    'resume with another mode',
    () => ['train', '--resume', inFolder('empty'), '--mode', 'crossattn'],
    /--mode: a run goes on as it was started/,
  ],
  ['sample without a prompt', () => ['sample', '--base', base], /--prompt: is missing/],
  [
    'size not a multiple',
    () => ['sample', '--base', base, '--prompt', 'a cat', '--size', '100x128'],
    /width: 100 is not a multiple of 64.*64 or 128/,
  ],
  [
    'seeds that are none',
    () => ['sample', '--base', base, '--prompt', 'a cat', '--seeds', '4-1'],
    /--seeds <seeds>.*Give seeds such as/,
  ],
  [
    'token the base has not learned',
    () => ['sample', '--base', base, '--prompt', 'a <new1> cat'],
    /<new1> is not a token this model has learned/,
  ],
  [
    'delta that does not exist',
    () => ['sample', '--base', base, '--prompt', 'a cat', '--delta', 'nothing.bin'],
    /nothing\.bin: there is no such delta/,
  ],
  [
    'delta that is a text',
    () => ['sample', '--base', base, '--prompt', 'a cat', '--delta', inFolder('typo.json')],
    /typo\.json: /,
  ],
  [
    'strength without a delta',
    () => ['sample', '--base', base, '--prompt', 'a cat', '--strength', '2'],
    /--strength: there is no fine-tune/,
  ],
  [
    'unknown scheduler',
    () => ['sample', '--base', base, '--prompt', 'a cat', '--scheduler', 'ddmi'],
    /--scheduler <name>.*Choose one of ddim/,
  ],
  [
    'picture without maps',
    () => ['attention', join(cat, '01.png'), '--base', base],
    /01\.png: there are no saved attention maps/,
  ],
  ['inspect nothing', () => ['inspect', inFolder('nofile')], /nofile: there is no such file/],
  ['inspect a text', () => ['inspect', inFolder('texts', 'notes.md')], /notes\.md: /],
  ['unknown command', () => ['trian'], /unknown command 'trian'.*Did you mean train/],
  ['unknown flag', () => ['sample', '--promt', 'a cat'], /unknown option '--promt'.*Did you mean --prompt/],
];

describe('bad input on the command line: status 2, one line, nothing written', () => {
  it.each(cases)('%s', (_name, args, line) => {
    const { status, out, err } = run(args());
    expect(err).toMatch(/^error: [^\n]+\n$/);
    expect(err).toMatch(line);
    expect({ status, out, written: readdirSync(working) }).toEqual({ status: 2, out: '', written: [] });
  });

  it('shows the stack on request', () => {
    expect(run(['inspect', 'nofile'], { CUSTOM_DIFFUSION_DEBUG: '1' }).err).toMatch(/^error: .*\n.*\n +at /);
  });

  it('prints help with an example for every command', () => {
    const names = ['train', 'sample', 'attention', 'inspect', 'estimate', 'layers'];
    const helps = names.map((name) => execFileSync(process.execPath, [bundle, name, '--help'], { encoding: 'utf8' }));
    names.forEach((name, i) => expect(helps[i]).toMatch(new RegExp(`Examples?:\\n  \\$ custom-diffusion ${name}`)));
    expect(existsSync(join(working, 'pictures'))).toBe(false);
  });
});
