import { describe, expect, it } from 'vitest';
import { adapterHasHalf, computesInHalf } from '../../../native-runtime/device/halfPrecision';

const answering = (answer: boolean) => {
  const asked = { times: 0 };
  const probe = () => {
    asked.times++;
    return Promise.resolve(answer);
  };
  return { asked, probe };
};

describe('products in 16 bits', () => {
  it.each([
    ['webgpu', undefined, true, true],
    ['webgpu', 'auto', false, false],
    ['webgpu', 'mixed', true, true],
    ['webgpu', 'single', true, false],
    ['cuda', undefined, false, true],
    ['cuda', 'single', false, false],
    ['cpu', 'auto', true, false],
    ['cpu', 'single', true, false],
  ] as const)('on %s, asked for %s, with an adapter that says %s: %s', async (device, choice, adapter, expected) => {
    const { asked, probe } = answering(adapter);
    expect(await computesInHalf(device, choice, probe)).toBe(expected);
    // Asking takes a process; nobody does who need not know.
    expect(asked.times).toBe(device === 'webgpu' && choice !== 'single' ? 1 : 0);
  });

  it.each([
    ['cpu', /precision: the processor computes in 32 bits/],
    ['webgpu', /precision: this graphics processor has no 16-bit arithmetic/],
  ] as const)('are refused on %s, where there are none', async (device, message) => {
    await expect(computesInHalf(device, 'mixed', answering(false).probe)).rejects.toThrow(message);
  });

  it('are not looked for by a program that cannot be started for a probe', async () => {
    expect(await adapterHasHalf()).toBe(false);
  });
});
