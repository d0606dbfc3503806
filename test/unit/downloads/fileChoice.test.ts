import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileChoices } from '../../../src/downloads/fileChoice';
import { repositoryLicence } from '../../../src/downloads/licence';
import { downloadFolder, makePlan, whatIsThere } from '../../../src/downloads/makePlan';
import { downloadPlan } from '../../../src/downloads/plan';
import type { RepositoryListing } from '../../../src/downloads/repositoryListing';
import { MANIFEST } from '../../../src/downloads/staging';
import { temporaryFolder } from '../../support/temporaryFolder';

const commit = 'c0ffee0000000000000000000000000000000001';
const folderParts = [
  'model_index.json',
  'scheduler/scheduler_config.json',
  'tokenizer/vocab.json',
  'unet/config.json',
  'vae/config.json',
  'text_encoder/config.json',
];
const weights = (suffix: string) => [
  `unet/diffusion_pytorch_model${suffix}`,
  `vae/diffusion_pytorch_model${suffix}`,
  `text_encoder/model${suffix}`,
];

function listing(paths: string[], pipelineClass?: string): RepositoryListing {
  const files = paths.map((path, i) => ({
    path,
    size: 100 + i,
    digest: { algorithm: 'sha256' as const, value: String(i).padStart(64, '0') },
  }));
  const licence = { name: 'MIT', link: 'https://x', free: true };
  return { repository: 'someone/model', revision: 'main', commit, gated: false, licence, files, pipelineClass };
}
const chosen = (paths: string[], pipelineClass?: string) =>
  fileChoices(listing(paths, pipelineClass)).map(({ kind, files, pickles, singleFile }) => ({
    kind,
    pickles,
    singleFile,
    weights: files.map(({ path }) => path).filter((path) => /safetensors|bin|ckpt/.test(path)),
  }));

describe('which files become a base model', () => {
  it('16 bits and as published, when both are there; never pickles beside safetensors', () => {
    const all = [...folderParts, ...weights('.safetensors'), ...weights('.fp16.safetensors'), ...weights('.bin')];
    expect(chosen([...all, 'whole-model.safetensors', 'whole-model.ckpt'], 'StableDiffusionPipeline')).toEqual([
      { kind: 'half', pickles: false, singleFile: undefined, weights: weights('.fp16.safetensors') },
      { kind: 'full', pickles: false, singleFile: undefined, weights: weights('.safetensors') },
    ]);
  });

  it('a part that is there in one form only is taken in that', () => {
    const paths = [...folderParts, ...weights('.safetensors'), 'unet/diffusion_pytorch_model.fp16.safetensors'];
    expect(chosen(paths).map((choice) => choice.weights[0])).toEqual([
      'unet/diffusion_pytorch_model.fp16.safetensors',
      'unet/diffusion_pytorch_model.safetensors',
    ]);
    expect(chosen(paths)[0]!.weights[1]).toBe('vae/diffusion_pytorch_model.safetensors');
  });

  it('pickles where there is nothing else', () => {
    const pickles = [
      'unet/diffusion_pytorch_model.bin',
      'vae/diffusion_pytorch_model.bin',
      'text_encoder/pytorch_model.bin',
    ];
    expect(chosen([...folderParts, ...pickles])).toEqual([
      { kind: 'full', pickles: true, singleFile: undefined, weights: pickles },
    ]);
  });

  it('both encoders of SDXL', () => {
    const paths = [
      ...folderParts,
      ...weights('.safetensors'),
      'text_encoder_2/config.json',
      'text_encoder_2/model.safetensors',
    ];
    expect(chosen(paths, 'StableDiffusionXLPipeline')[0]!.weights).toContain('text_encoder_2/model.safetensors');
    expect(() => chosen(paths.slice(0, -1))).toThrow(/text_encoder_2\/ holds no weight file/);
  });

  it('single files, the largest first; pickles only where there are no safetensors', () => {
    expect(chosen(['README.md', 'a.ckpt', 'b.safetensors', 'c.safetensors'])).toEqual([
      { kind: 'single', pickles: false, singleFile: 'c.safetensors', weights: ['c.safetensors'] },
      { kind: 'single', pickles: false, singleFile: 'b.safetensors', weights: ['b.safetensors'] },
    ]);
    expect(chosen(['a.ckpt'])).toEqual([{ kind: 'single', pickles: true, singleFile: 'a.ckpt', weights: ['a.ckpt'] }]);
  });

  it('what tells people that a folder is a model comes last', () => {
    const [choice] = fileChoices(listing([...folderParts, ...weights('.safetensors')]));
    expect(choice!.files.at(-1)!.path).toBe('model_index.json');
  });

  it.each([
    [
      'another kind of pipeline',
      [...folderParts, ...weights('.safetensors')],
      'StableDiffusionInpaintPipeline',
      /StableDiffusionInpaintPipeline/,
    ],
    ['no model', ['README.md', 'lora.bin'], undefined, /no Stable Diffusion model/],
    [
      'a part without its configuration',
      ['unet/config.json', ...weights('.safetensors')],
      undefined,
      /no vae\/config\.json/,
    ],
    [
      'weights in several pieces',
      [...folderParts, ...weights('-00001-of-00002.safetensors')],
      undefined,
      /in one piece/,
    ],
  ])('refuses %s', (_, paths, pipelineClass, message) => {
    expect(() => chosen(paths, pipelineClass)).toThrow(message);
  });
});

describe('where a download goes', () => {
  const root = temporaryFolder();
  const all = listing([...folderParts, ...weights('.safetensors'), ...weights('.fp16.safetensors')]);
  const [half, full] = fileChoices(all);

  it('owner and name, with what tells it from its siblings', () => {
    const folders = [half!, full!].map((choice) => downloadFolder('/m', all, choice));
    expect(folders).toEqual([join('/m', 'someone', 'model-fp16'), join('/m', 'someone', 'model')]);
    const other = { ...all, revision: 'refs/pr/3' };
    expect(downloadFolder('/m', other, full!)).toBe(join('/m', 'someone', 'model-refs-pr-3'));
    const single = fileChoices(listing(['b.safetensors']))[0]!;
    expect(downloadFolder('/m', all, single)).toBe(join('/m', 'someone', 'model-b'));
  });

  it('tells the same model, another version, and a stranger', async () => {
    const plan = makePlan(all, half!);
    const folder = (name: string, manifest?: unknown) => {
      mkdirSync(join(root, name));
      if (manifest) writeFileSync(join(root, name, MANIFEST), JSON.stringify(manifest));
      return join(root, name);
    };
    expect(await whatIsThere(join(root, 'none'), plan)).toEqual({ kind: 'nothing' });
    const same = folder('same', { ...plan, commit: commit.replace('1', '2') });
    expect(await whatIsThere(same, plan)).toEqual({ kind: 'same', base: same });
    expect(await whatIsThere(folder('other', makePlan(all, full!)), plan)).toMatchObject({
      kind: 'other-version',
      commit,
    });
    expect(await whatIsThere(folder('stranger'), plan)).toEqual({ kind: 'foreign' });
  });

  it.each(['../x.json', '/etc/x', 'a\\b'])('a plan on disk that names %s is not read', (path) => {
    const plan = makePlan(all, half!);
    expect(downloadPlan.safeParse(plan).success).toBe(true);
    expect(downloadPlan.safeParse({ ...plan, files: [{ ...plan.files[0]!, path }] }).success).toBe(false);
    expect(downloadPlan.safeParse({ ...plan, singleFile: path }).success).toBe(false);
  });
});

describe('H8 licences', () => {
  const page = 'https://hub.example/a/b';
  it.each([
    [{ license: 'apache-2.0' }, [], { name: 'Apache 2.0', link: page, free: true }],
    [
      { license: ['creativeml-openrail-m'] },
      ['LICENSE'],
      { name: 'CreativeML Open RAIL-M', link: `${page}/blob/main/LICENSE`, free: false },
    ],
    [
      { license: 'other', license_name: 'own', license_link: 'https://own.example/l' },
      [],
      { name: 'own', link: 'https://own.example/l', free: false },
    ],
    [{ license: 'other', license_link: 'command:evil' }, [], { name: 'other', link: page, free: false }],
    [{ license: 7, license_name: {} }, [], { name: 'not stated', link: page, free: false }],
    [undefined, [], { name: 'not stated', link: page, free: false }],
    ['text', [], { name: 'not stated', link: page, free: false }],
  ])('%j', (card, files, licence) => expect(repositoryLicence(card, page, files)).toEqual(licence));
});
