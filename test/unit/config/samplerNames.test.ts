import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../../native-runtime/sample/schedulers/createScheduler';
import { parseSchedulerConfig } from '../../../native-runtime/sample/schedulers/schedulerConfig';
import { publishedConfigs } from '../../../native-runtime/models/publishedConfigs';
import { trainConfigJsonSchema } from '../../../src/common/config/trainConfig';
import { findSampler, samplerNames, samplerTitles } from '../../../src/common/samplerNames';

describe('sampler names', () => {
  it.each(samplerNames)('%s can be configured, drawn with and found by its title', (name) => {
    const sample = trainConfigJsonSchema().properties as Record<
      string,
      { properties: { scheduler: { enum: string[] } } }
    >;
    expect(sample.sample!.properties.scheduler.enum).toContain(name);
    const published = parseSchedulerConfig(publishedConfigs['Stable Diffusion 1.x'].scheduler, 'test');
    expect(createScheduler(name, published, 5).timesteps.length).toBeGreaterThanOrEqual(5);
    expect(findSampler(name)).toBe(name);
    expect(findSampler(samplerTitles[name])).toBe(name);
  });

  it.each([
    ['dpm++2m', 'dpmpp-2m'],
    ['DPM++ 2M KARRAS', 'dpmpp-2m-karras'],
    ['dpmpp_2m_karras', 'dpmpp-2m-karras'],
    ['euler a', 'euler-ancestral'],
    ['plms', 'pndm'],
    [' UniPC ', 'unipc'],
    ['heun', undefined],
    ['', undefined],
    ['DPM++ 2M SDE', undefined],
  ])('"%s" means %s', (text, name) => expect(findSampler(text)).toBe(name));
});
