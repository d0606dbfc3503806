import type { ComputedOn } from '../../src/common/protocol/device';

/** What devices are called, the same in every language. */
export const deviceTitles: Record<ComputedOn['device'], string> = { cpu: 'CPU', webgpu: 'WebGPU', cuda: 'CUDA' };
