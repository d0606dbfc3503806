import { beforeAll, describe, expect, test } from 'vitest';
import { commandOf } from '../../../native-runtime/cli/lessMemory';
import type { BaseModel } from '../../../native-runtime/models/baseModel';
import { loadBaseModel } from '../../../native-runtime/models/loadBaseModel';
import { chooseRecomputation } from '../../../native-runtime/train/fitRun';
import { stepDown } from '../../../native-runtime/train/stepDown';
import type { ResolvedTrainConfig } from '../../../src/common/config/resolvedTrainConfig';
import { parseTrainConfig } from '../../../src/common/config/parseTrainConfig';
import { resolveTrainConfig } from '../../../src/common/config/resolveTrainConfig';
import { temporaryFolder } from '../../support/temporaryFolder';
import { enlarged } from '../../support/enlarged';
import { tinyBase, tinyConfig } from '../../support/tinyRun';

const machine = 64e9;
let small: BaseModel;
let large: BaseModel;
let config: ResolvedTrainConfig;
/** What the system cannot drop and read again. */
function needs(one: ResolvedTrainConfig, base: BaseModel): number {
  const { total, mappedWeights } = chooseRecomputation(one, base, machine).needs.memory;
  return total - mappedWeights;
}

beforeAll(async () => {
  small = await loadBaseModel(tinyBase);
  large = enlarged(small);
  config = await tinyConfig(temporaryFolder(), { resolution: 512, instanceRows: 4, priorRows: 4 });
});

describe('F3 F15 a run that ran out of memory', () => {
  test('computes blocks again first, and goes on as the same run', () => {
    const found = stepDown(config, large, machine)!;
    expect(found).toMatchObject({ isSameRun: true, changes: [{ field: 'recompute', value: 'blocks' }] });
    expect(commandOf(found, '/runs/my cat')).toBe('custom-diffusion train --resume "/runs/my cat" --recompute blocks');
  });

  test('has smaller batches next, as many rows in a step as before', () => {
    const first = stepDown(config, large, machine)!;
    const found = stepDown(first.config, large, machine)!;
    expect(found.isSameRun).toBe(false);
    expect(found.config).toMatchObject({
      recompute: 'blocks',
      instanceRows: 2,
      priorRows: 2,
      gradientAccumulation: 2,
    });
    expect(commandOf(found, '/runs/cat').replaceAll('\\', '/')).toBe(
      'custom-diffusion train /runs/cat/config.json --instance-rows 2 --prior-rows 2 --gradient-accumulation 2',
    );
  });

  test.each([
    ['a small', () => small],
    ['a large', () => large],
  ])('needs less with each step down, to the smallest run that %s model can make', (_, base) => {
    let now = config;
    let steps = 0;
    for (let next = stepDown(now, base(), machine); next; next = stepDown(now, base(), machine)) {
      expect(needs(next.config, base())).toBeLessThan(0.95 * needs(now, base()));
      // What is offered can be trained as it is.
      const text = JSON.stringify(next.config);
      expect(resolveTrainConfig(parseTrainConfig(text, 'config.json'))).toEqual(next.config);
      now = next.config;
      steps++;
    }
    expect(steps).toBeGreaterThan(2);
    expect(now.resolution).toBeLessThan(config.resolution);
    expect(now.instanceRows).toBe(1);
  });
});
