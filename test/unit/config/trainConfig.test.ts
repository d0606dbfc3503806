import { describe, expect, it } from 'vitest';
import { findConfigProblems } from '../../../src/common/config/checkTrainConfig';
import { parseTrainConfig } from '../../../src/common/config/parseTrainConfig';
import { resolveTrainConfig } from '../../../src/common/config/resolveTrainConfig';
import { configWarnings, trainableSelection, viewsPerPicture } from '../../../src/common/config/resolvedTrainConfig';
import { trainConfigJsonSchema, type TrainConfig } from '../../../src/common/config/trainConfig';
import { trainDefaults } from '../../../src/common/config/trainDefaults';
import { ProductError } from '../../../src/common/errors';

const cat = { folder: 'cat', classNoun: 'cat' };
const dog = { folder: 'dog', classNoun: 'dog' };
const config = (fields: object = {}): TrainConfig => ({ base: 'model', concepts: [cat], ...fields }) as TrainConfig;

function refusal(run: () => unknown): ProductError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProductError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('malformed documents', () => {
  const deep = '['.repeat(10_000);
  it.each([
    ['D1 trailing comma', '{\n  "base": "m",\n}', 'c.json:3:1', 'Remove the comma'],
    ['D1 trailing comma in a list', '{"concepts": [1, ]}', 'c.json:1:18', 'Remove the comma'],
    ['D1 byte order mark', '\ufeff{}', 'c.json:1:1', 'UTF-8'],
    ['D1 comment', '{\r\n  // the base\r\n  "base": "m"}', 'c.json:2:3', 'no comments'],
    ['D1 single quotes', "{'base': 'm'}", 'c.json:1:2', 'double quotes'],
    ['D1 NaN', '{"learningRate": NaN}', 'c.json:1:18', 'finite'],
    ['D1 end of the file', '{"base": "m"', 'c.json:1:13', 'end of the file'],
    ['D1 text not closed', '{"base": "m\n}', 'c.json:1:10', 'closed'],
    ['D1 Windows path with single backslashes', '{"base": "C:\\models"}', 'c.json:1:13', '\\\\'],
    ['D1 text after the end', '{} x', 'c.json:1:4', 'Remove it'],
    ['D2 a key given twice', '{"base": "a",\n "base": "b"}', 'c.json:2:2', 'given twice'],
    ['D2 nested 10,000 deep', deep, 'c.json:1:66', 'deep'],
    ['D2 ten megabytes', ' '.repeat(10_000_000), 'c.json', '10000000 characters'],
  ])('%s', (_name, text, where, message) => {
    const error = refusal(() => parseTrainConfig(text, 'c.json'));
    expect(error.code).toBe('bad-config');
    expect(error.where).toBe(where);
    expect(error.message).toContain(message);
  });

  it('reads what JSON.parse reads', () => {
    const value = { base: 'é"\\\n😀', concepts: [{ ...cat, weight: 1.5e-3 }], seed: 0, augmentation: { flip: false } };
    const text = JSON.stringify(value, null, 2).replace('é', '\\u00e9');
    expect(parseTrainConfig(text.replace('\\n', ''), 'c.json')).toEqual({ ...value, base: 'é"\\😀' });
  });
});

describe('refused fields', () => {
  it.each<[string, unknown, string, string]>([
    ['D2 object, not list', config({ concepts: cat }), 'concepts', 'a list'],
    ['D2 list, not object', [cat], 'configuration', 'an object'],
    ['D2 missing folder', config({ concepts: [{ classNoun: 'cat' }] }), 'concepts[0].folder', 'missing'],
    ['D2 no concepts', config({ concepts: [] }), 'concepts', 'at least 1 entry'],
    ['D2 1,000 concepts', config({ concepts: Array(1000).fill(cat) }), 'concepts', 'at most 100'],
    ['D2 unknown field', config({ learningrate: 1 }), 'learningrate', 'Did you mean "learningRate"?'],
    [
      'D2 unknown field of a concept',
      config({ concepts: [{ ...cat, clasNoun: 1 }] }),
      'concepts[0].clasNoun',
      'classNoun',
    ],
    [
      'D2 unknown field of a prior',
      config({ concepts: [{ ...cat, prior: { cuont: 1 } }] }),
      'concepts[0].prior.cuont',
      '"count"',
    ],
    ['D2 field like no other', config({ frobnicate: 1 }), 'frobnicate', 'Known fields: $schema, base'],
    [
      'D2 __proto__',
      JSON.parse('{"base":"m","concepts":[{"folder":"a","classNoun":"b"}],"__proto__":{}}'),
      '__proto__',
      'no such field',
    ],
    [
      'D2 two concepts with one token',
      config({
        concepts: [
          { ...cat, modifierToken: '<a>' },
          { ...dog, modifierToken: '<A>' },
        ],
      }),
      'concepts[1].modifierToken',
      'already the token of concepts[0]',
    ],
    ['D2 mistyped mode', config({ mode: 'crossatn-kv' }), 'mode', 'Did you mean "crossattn-kv"?'],
    ['D2 mode and layers', config({ mode: 'crossattn', layers: ['*.to_k'] }), 'layers', 'Keep either'],
    [
      'D2 prior folder missing',
      config({ concepts: [{ ...cat, prior: { kind: 'folder' } }] }),
      'concepts[0].prior.folder',
      'missing',
    ],
    [
      'D2 prior folder unused',
      config({ concepts: [{ ...cat, prior: { folder: 'x' } }] }),
      'concepts[0].prior.folder',
      'would not be used',
    ],
    [
      'D2 prior rows without priors',
      config({ priorRows: 2, concepts: [{ ...cat, prior: { kind: 'none' } }] }),
      'priorRows',
      'Set it to 0',
    ],
    [
      'D6 template without a place for the token',
      config({ concepts: [{ ...cat, template: 'photo of a cat' }] }),
      'concepts[0].template',
      '{}',
    ],
    [
      'D7 special token',
      config({ concepts: [{ ...cat, modifierToken: '<|endoftext|>' }] }),
      'concepts[0].modifierToken',
      'special token',
    ],
    [
      'D7 token of two words',
      config({ concepts: [{ ...cat, modifierToken: 'my cat' }] }),
      'concepts[0].modifierToken',
      'one word',
    ],
    ['D7 empty token', config({ concepts: [{ ...cat, modifierToken: '' }] }), 'concepts[0].modifierToken', 'one word'],
    [
      'D10 several initialisers for one token',
      config({ concepts: [{ ...cat, initialiser: 'ktn+pll' }] }),
      'concepts[0].initialiser',
      'single word',
    ],
    [
      'D11 lone surrogate',
      config({ concepts: [{ ...cat, template: '\ud800 {}' }] }),
      'concepts[0].template',
      'plain text',
    ],
    ['D11 U+0000', config({ base: 'a\0b' }), 'base', 'plain text'],
    ['D13 rate 0', config({ learningRate: 0 }), 'learningRate', 'more than 0'],
    ['D13 negative rate', config({ learningRate: -1e-5 }), 'learningRate', 'more than 0'],
    ['D13 rate as a text', config({ learningRate: '1e-5' }), 'learningRate', 'Remove the quotes'],
    ['D13 rate NaN', config({ learningRate: NaN }), 'learningRate', 'NaN'],
    ['D13 rate infinite', config({ learningRate: Infinity }), 'learningRate', 'Infinity'],
    ['D14 steps 0', config({ steps: 0 }), 'steps', 'at least 1'],
    ['D14 steps -1', config({ steps: -1 }), 'steps', 'at least 1'],
    ['D14 steps 1e9', config({ steps: 1e9 }), 'steps', 'at most 1000000'],
    ['D14 steps 2.5', config({ steps: 2.5 }), 'steps', 'whole number'],
    ['D14 batch 0', config({ instanceRows: 0 }), 'instanceRows', 'at least 1'],
    ['D14 seed 2^53+1', config({ seed: 2 ** 53 + 1 }), 'seed', 'at most 9007199254740991'],
    ['D14 negative seed', config({ seed: -1 }), 'seed', 'at least 0'],
    ['D14 warm-up longer than the training', config({ steps: 100, warmupSteps: 500 }), 'warmupSteps', 'never reach'],
    ['D14 warm-up longer than the default training', config({ warmupSteps: 250 }), 'warmupSteps', 'never reach'],
    ['D15 guidance -1', config({ sample: { guidanceScale: -1 } }), 'sample.guidanceScale', 'at least 0'],
    ['D15 sampler steps 0', config({ sample: { steps: 0 } }), 'sample.steps', 'at least 1'],
    ['D15 sampler steps 1001', config({ sample: { steps: 1001 } }), 'sample.steps', 'at most 1000'],
    ['D15 unknown sampler', config({ sample: { scheduler: 'dimm' } }), 'sample.scheduler', 'Did you mean "ddim"?'],
    ['C21 resolution 500', config({ resolution: 500 }), 'resolution', 'The nearest is 504'],
    ['C21 resolution 0', config({ resolution: 0 }), 'resolution', 'The nearest is 16'],
    ['C21 negative resolution', config({ resolution: -512 }), 'resolution', 'The nearest is 16'],
    ['C21 resolution 16384', config({ resolution: 16384 }), 'resolution', 'The nearest is 2048'],
    ['name with a path', config({ name: '../cat' }), 'name', 'file name'],
    ['name reserved by Windows', config({ name: 'CON' }), 'name', 'file name'],
  ])('%s', (_name, value, where, message) => {
    const error = refusal(() => resolveTrainConfig(value as TrainConfig));
    expect(error.code).toBe('bad-config');
    expect(error.where).toBe(where);
    expect(error.message).toContain(message);
  });

  it('C21 the model may ask for a coarser multiple', () => {
    const error = refusal(() => resolveTrainConfig(config({ resolution: 520 }), { resolutionMultiple: 64 }));
    expect(error.remedy).toBe('The nearest is 512');
  });

  it('lists every problem for an editor', () => {
    const problems = findConfigProblems(config({ steps: 0, seed: -1, concepts: [{ ...cat, folder: 1 }] }));
    expect(problems.map(({ path }) => path).sort()).toEqual(['concepts[0].folder', 'seed', 'steps']);
  });
});

describe('accepted at the edge', () => {
  it.each([
    ['D13 rate 1e3', { learningRate: 1e3 }],
    ['D14 seed 2^53-1', { seed: 2 ** 53 - 1 }],
    ['D15 guidance 1', { sample: { guidanceScale: 1 } }],
    ['D15 guidance 30', { sample: { guidanceScale: 30 } }],
    ['D15 sampler steps 1', { sample: { steps: 1 } }],
    ['D15 sampler steps 1000', { sample: { steps: 1000 } }],
    ['$schema', { $schema: './train.schema.json' }],
  ])('%s', (_name, fields) => expect(findConfigProblems(config(fields))).toEqual([]));

  it('D13 rate 1e3 carries a warning', () => {
    expect(configWarnings(resolveTrainConfig(config({ learningRate: 1e3 })))[0]).toMatch(/^learningRate: 1000/);
    expect(configWarnings(resolveTrainConfig(config()))).toEqual([]);
  });

  it('D10 40 concepts get 40 different tokens', () => {
    const { concepts, instanceRows } = resolveTrainConfig(config({ concepts: Array(40).fill(cat) }));
    expect(new Set(concepts.map(({ modifierToken }) => modifierToken)).size).toBe(40);
    expect(instanceRows).toBe(40);
    expect(concepts.map(({ initialiser }) => initialiser).slice(0, 4)).toEqual(['ktn', 'pll', 'ucd', 'ktn']);
  });
});

describe('defaults', () => {
  it('depend on the number of concepts and on the base', () => {
    const single = resolveTrainConfig(config());
    const joint = resolveTrainConfig(config({ concepts: [cat, dog] }));
    const small = resolveTrainConfig(config({ base: 'pocket' }));
    expect([single.steps, single.learningRate, single.resolution]).toEqual([250, 4e-5, 512]);
    expect([joint.steps, joint.learningRate]).toEqual([500, 4e-5]);
    expect([small.steps, small.resolution]).toEqual([trainDefaults.pocket.single.steps, 64]);
    expect(resolveTrainConfig(config(), { resolution: 768 }).resolution).toBe(768);
  });

  it('write the captions and prompts of the method', () => {
    const { concepts, sample, name, priorRows } = resolveTrainConfig(
      config({ concepts: [cat, { ...dog, style: true, classNoun: 'art' }] }),
    );
    expect(concepts[0]!.prior).toMatchObject({ kind: 'generated', prompt: 'photo of a cat', count: 200 });
    expect(concepts[1]!.prior.prompt).toBe('painting in the style of art');
    expect(sample.prompts).toEqual(['photo of a <new1> cat', 'painting in the style of <new2> art']);
    expect([name, priorRows]).toEqual(['cat-art', 2]);
    expect(resolveTrainConfig(config({ concepts: [cat, dog] })).sample.prompts[2]).toBe(
      'photo of a <new1> cat and a <new2> dog',
    );
  });

  it('have no prior rows when no concept has a prior', () => {
    const none = resolveTrainConfig(config({ concepts: [{ ...cat, prior: { kind: 'none' } }] }));
    expect(none.priorRows).toBe(0);
    expect(configWarnings(none)).toHaveLength(1);
  });

  it('give a free token to a concept without one', () => {
    const tokens = resolveTrainConfig(config({ concepts: [{ ...cat, modifierToken: '<new2>' }, dog] })).concepts;
    expect(tokens.map(({ modifierToken }) => modifierToken)).toEqual(['<new2>', '<new3>']);
  });

  it('show the effective rate when the written one is scaled', () => {
    const fields = { learningRate: 1e-5, scaleLearningRate: true, gradientAccumulation: 2 };
    const { learningRate, modifierLearningRate, scaleLearningRate } = resolveTrainConfig(config(fields));
    expect(learningRate).toBeCloseTo(8e-5, 12);
    expect([modifierLearningRate, scaleLearningRate]).toEqual([learningRate, false]);
    expect(resolveTrainConfig(config({ scaleLearningRate: true })).learningRate).toBe(4e-5);
  });

  it.each([
    config({ base: 'pocket', concepts: [cat, dog], mode: 'self_crossattn_kv', threads: 2 }),
    config({ layers: ['down_blocks.*.attn2.to_k'], scaleLearningRate: true, learningRate: 1e-5 }),
    config({ concepts: [{ ...cat, classNoun: 'con', prior: { kind: 'folder', folder: 'p' } }] }),
    config({ concepts: [{ ...cat, classNoun: '$& 猫 ' }] }),
  ])('complete configuration %# resolves to itself', (written) => {
    const once = resolveTrainConfig(written);
    expect(resolveTrainConfig(parseTrainConfig(JSON.stringify(once), 'config.json'))).toEqual(once);
  });

  it('keep both spellings of a mode and say what learns', () => {
    expect(trainableSelection(resolveTrainConfig(config({ mode: 'self_crossattn_kv' })))).toBe('self-crossattn-kv');
    expect(trainableSelection(resolveTrainConfig(config({ layers: ['*.to_q'] })))).toEqual(['*.to_q']);
  });

  it('keep the names of excluded pictures, and no empty list of them', () => {
    const excluding = (exclude: string[]) =>
      resolveTrainConfig(config({ concepts: [{ ...cat, exclude }] })).concepts[0]!;
    expect(excluding(['a.png']).exclude).toEqual(['a.png']);
    expect('exclude' in excluding([])).toBe(false);
  });

  it('need one view of a picture when nothing is random', () => {
    const off = { enabled: false, flip: false };
    expect(viewsPerPicture(resolveTrainConfig(config({ augmentation: off, latentPool: 9 })))).toBe(1);
    expect(viewsPerPicture(resolveTrainConfig(config({ augmentation: { flip: false }, latentPool: 9 })))).toBe(9);
  });
});

describe('JSON Schema', () => {
  it('names every field and refuses others', () => {
    const schema = trainConfigJsonSchema() as {
      required: string[];
      additionalProperties: boolean;
      properties: Record<string, { enum?: string[]; items?: { additionalProperties: boolean } }>;
    };
    expect(schema.required).toEqual(['base', 'concepts']);
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.mode!.enum).toContain('self_crossattn_kv');
    expect(schema.properties.concepts!.items!.additionalProperties).toBe(false);
  });
});
