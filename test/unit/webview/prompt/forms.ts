import type { CompareAxis, ModelOption, PromptForm } from '../../../../src/common/webview/promptForm';

/** A form of four pictures of the base. */
export function testForm(change: Partial<PromptForm> = {}): PromptForm {
  return {
    prompt: 'photo of a <new1> cat',
    negativePrompt: '',
    model: 'delta:/runs/cat',
    strength: 1,
    sampler: 'ddim',
    steps: 20,
    guidance: 4,
    seedMode: 'count',
    count: 2,
    firstSeed: 1,
    seedList: '',
    width: 64,
    height: 64,
    captureAttention: true,
    compare: { x: axis('none'), y: axis('none') },
    ...change,
  };
}

/** An axis. */
export function axis(kind: CompareAxis['kind'], text = '', choices: string[] = []): CompareAxis {
  return { kind, text, choices };
}

const tokens = [{ token: '<new1>', classNoun: 'cat' }];

/** A base, a run with two checkpoints, and a second run of another mode. */
export const testModels: ModelOption[] = [
  { id: 'base:pocket', kind: 'base', label: 'Pocket model', base: 'pocket', tokens: [] },
  {
    id: 'delta:/runs/cat',
    kind: 'run',
    label: 'cat',
    base: 'pocket',
    delta: '/runs/cat',
    mode: 'crossattn-kv',
    tokens,
  },
  ...[100, 50].map((step): ModelOption => ({
    id: `delta:/runs/cat/checkpoints/${step}`,
    kind: 'checkpoint',
    label: `cat, step ${step}`,
    base: 'pocket',
    delta: `/runs/cat/checkpoints/${step}`,
    run: 'delta:/runs/cat',
    mode: 'crossattn-kv',
    tokens,
  })),
  {
    id: 'delta:/runs/cat2',
    kind: 'run',
    label: 'cat2',
    base: 'pocket',
    delta: '/runs/cat2',
    mode: 'crossattn',
    tokens,
  },
  { id: 'delta:/runs/old', kind: 'run', label: 'old', base: 'pocket', delta: '/runs/old', mode: 'crossattn', tokens },
  {
    id: 'delta:/runs/dog',
    kind: 'run',
    label: 'dog',
    base: 'pocket',
    delta: '/runs/dog',
    mode: 'self-crossattn',
    tokens: [{ token: '<new2>', classNoun: 'dog' }],
  },
];
