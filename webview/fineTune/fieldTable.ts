import { samplerNames, samplerTitles } from '../../src/common/samplerNames';
import type { FieldPath } from '../../src/common/webview/fineTuneDraft';
import type { FineTuneStrings } from '../../src/common/webview/fineTuneStrings';
import type { TextKind } from './fieldText';

type StringKey = keyof FineTuneStrings;

/** One field of the configuration as the form shows it. */
export interface FieldSpec {
  path: FieldPath;
  label: StringKey;
  hint?: StringKey;
  kind: TextKind | 'check' | 'choice' | 'folder';
  /** There is no default: an empty field is wrong and not left out. */
  required?: boolean;
  /** Of a choice; the label is one of the page's strings, or a name that is the same in every language. */
  choices?: readonly { value: string; label?: StringKey; name?: string }[];
}

const number = (label: StringKey, path: FieldPath, hint?: StringKey): FieldSpec => ({
  kind: 'number',
  label,
  path,
  hint,
});
const check = (label: StringKey, path: FieldPath): FieldSpec => ({ kind: 'check', label, path });

/** What everybody sets. */
export const trainingFields: readonly FieldSpec[] = [
  number('learningRate', ['learningRate'], 'learningRateHint'),
  number('steps', ['steps']),
  number('seed', ['seed']),
  {
    kind: 'choice',
    label: 'device',
    path: ['device'],
    choices: [
      { value: 'auto', label: 'deviceAuto' },
      { value: 'cpu', name: 'CPU' },
      { value: 'webgpu', name: 'WebGPU' },
      { value: 'cuda', name: 'CUDA' },
    ],
  },
];

/** All the rest of the configuration, in groups. */
export const advancedGroups: readonly { title: StringKey; fields: readonly FieldSpec[] }[] = [
  {
    title: 'groupRun',
    fields: [
      { kind: 'folder', label: 'output', path: ['output'] },
      number('resolution', ['resolution'], 'resolutionHint'),
      number('threads', ['threads'], 'threadsHint'),
      {
        kind: 'choice',
        label: 'precision',
        hint: 'precisionHint',
        path: ['precision'],
        choices: [
          { value: 'auto', label: 'precisionAuto' },
          { value: 'single', label: 'precisionSingle' },
          { value: 'mixed', label: 'precisionMixed' },
        ],
      },
      {
        kind: 'choice',
        label: 'recompute',
        hint: 'recomputeHint',
        path: ['recompute'],
        choices: [
          { value: 'auto', label: 'recomputeAuto' },
          { value: 'none', label: 'recomputeNone' },
          { value: 'blocks', label: 'recomputeBlocks' },
        ],
      },
    ],
  },
  {
    title: 'groupBatch',
    fields: [
      number('instanceRows', ['instanceRows']),
      number('priorRows', ['priorRows']),
      number('priorLossWeight', ['priorLossWeight']),
      {
        kind: 'choice',
        label: 'lossWeighting',
        path: ['lossWeighting'],
        choices: [
          { value: 'paper', label: 'lossPaper' },
          { value: 'diffusers', label: 'lossDiffusers' },
        ],
      },
      number('gradientAccumulation', ['gradientAccumulation']),
      number('minTimestep', ['minTimestep'], 'minTimestepHint'),
    ],
  },
  {
    title: 'groupOptimiser',
    fields: [
      number('modifierLearningRate', ['modifierLearningRate']),
      {
        kind: 'choice',
        label: 'schedule',
        path: ['schedule'],
        choices: [
          { value: 'constant', label: 'scheduleConstant' },
          { value: 'linear', label: 'scheduleLinear' },
          { value: 'cosine', label: 'scheduleCosine' },
        ],
      },
      number('warmupSteps', ['warmupSteps']),
      number('gradientClip', ['gradientClip'], 'gradientClipHint'),
      number('weightDecay', ['weightDecay']),
      check('scaleLearningRate', ['scaleLearningRate']),
    ],
  },
  {
    title: 'groupAugmentation',
    fields: [
      check('augment', ['augmentation', 'enabled']),
      check('flip', ['augmentation', 'flip']),
      number('latentPool', ['latentPool'], 'latentPoolHint'),
    ],
  },
  {
    title: 'groupCheckpoints',
    fields: [number('checkpointEvery', ['checkpointEvery']), number('keepCheckpoints', ['keepCheckpoints'])],
  },
  {
    title: 'groupSamples',
    fields: [
      number('sampleEvery', ['sample', 'every'], 'sampleEveryHint'),
      { kind: 'lines', label: 'samplePrompts', path: ['sample', 'prompts'] },
      { kind: 'numbers', label: 'sampleSeeds', hint: 'sampleSeedsHint', path: ['sample', 'seeds'] },
      {
        kind: 'choice',
        label: 'sampler',
        path: ['sample', 'scheduler'],
        choices: samplerNames.map((value) => ({ value, name: samplerTitles[value] })),
      },
      number('sampleSteps', ['sample', 'steps']),
      number('sampleGuidance', ['sample', 'guidanceScale']),
      check('captureAttention', ['sample', 'captureAttention']),
    ],
  },
];

/** What names a concept. */
export function subjectFields(concept: number): FieldSpec[] {
  const at = (name: string): FieldPath => ['concepts', concept, name];
  return [
    { kind: 'text', label: 'classNoun', hint: 'classNounHint', path: at('classNoun'), required: true },
    { kind: 'text', label: 'modifierToken', hint: 'modifierTokenHint', path: at('modifierToken') },
    { kind: 'text', label: 'initialiser', hint: 'initialiserHint', path: at('initialiser') },
  ];
}

/** How its pictures are captioned and how often they are shown. */
export function captionFields(concept: number): FieldSpec[] {
  const at = (name: string): FieldPath => ['concepts', concept, name];
  return [
    { kind: 'text', label: 'template', hint: 'templateHint', path: at('template') },
    {
      kind: 'choice',
      label: 'captions',
      path: at('captions'),
      choices: [
        { value: 'template', label: 'captionsTemplate' },
        { value: 'fileNames', label: 'captionsFileNames' },
        { value: 'text', label: 'captionsText' },
      ],
    },
    number('weight', at('weight'), 'weightHint'),
    check('style', at('style')),
  ];
}

/** Its prior pictures; what has no meaning for their kind is left out. */
export function priorFields(concept: number, kind: string): FieldSpec[] {
  const at = (name: string): FieldPath => ['concepts', concept, 'prior', name];
  const choice: FieldSpec = {
    kind: 'choice',
    label: 'priorKind',
    path: at('kind'),
    choices: [
      { value: 'generated', label: 'priorGenerated' },
      { value: 'folder', label: 'priorFolderKind' },
      { value: 'none', label: 'priorNone' },
    ],
  };
  if (kind === 'none') return [choice];
  const common = [choice, number('priorCount', at('count')), text('priorPrompt', at('prompt'))];
  if (kind === 'folder') return [...common, { kind: 'folder', label: 'priorFolder', path: at('folder') }];
  return [...common, number('priorSteps', at('steps')), number('priorGuidance', at('guidanceScale'))];
}

function text(label: StringKey, path: FieldPath): FieldSpec {
  return { kind: 'text', label, path };
}
