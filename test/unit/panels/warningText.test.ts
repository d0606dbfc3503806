import { describe, expect, it } from 'vitest';
import { configWarnings } from '../../../src/common/config/resolvedTrainConfig';
import { resolveTrainConfig } from '../../../src/common/config/resolveTrainConfig';
import { runLogLines } from '../../../src/panels/runLogLines';
import { warningText } from '../../../src/panels/warningText';

describe('a warning of the runtime', () => {
  it.each([
    ['priorRows: without prior pictures', 'Rows that show prior pictures: without prior pictures'],
    ['learningRate: 1 is so high', 'Effective learning rate: 1 is so high'],
    ['concepts[1].prior.prompt: 90 tokens', 'Prior prompt of concept 2: 90 tokens'],
    ['sample.prompts[0]: 90 tokens', 'Sample prompt 1: 90 tokens'],
    ['negativePrompt: has no effect without guidance', 'Negative prompt: has no effect without guidance'],
  ])('%s', (warning, shown) => expect(warningText(warning)).toBe(shown));

  it.each(['step 3: the loss was not finite', '/pictures/priorRows.png: not used', 'no colon', 'priorRows'])(
    'stays as it is without a field: %s',
    (warning) => expect(warningText(warning)).toBe(warning),
  );

  it('names no field of a configuration as the file does', () => {
    const concept = { folder: 'cat', classNoun: 'cat' };
    const config = resolveTrainConfig({ base: 'pocket', concepts: [concept, concept], priorRows: 0, learningRate: 1 });
    const warnings = configWarnings({ ...config, modifierLearningRate: 1 });
    expect(warnings.length).toBe(4);
    for (const warning of warnings) expect(warningText(warning)).not.toMatch(/^[a-z]/);
  });

  it('is shown so in the log of a run, once', () => {
    const told = 'priorRows: the class drifts';
    const lines = runLogLines({ steps: [], grids: [], checkpoints: [], warnings: [told] }, [told], {
      checkpoint: String,
      samples: String,
      notFinite: String,
    });
    expect(lines).toEqual([{ kind: 'warning', text: 'Rows that show prior pictures: the class drifts' }]);
  });
});
