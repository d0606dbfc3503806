import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { cudaRemedy, examineCuda } from '../device/cudaSetup';
import type { DeviceName } from '../device/deviceName';

/** What a run's graphs are computed on. */
export function runDevice({ device }: Pick<ResolvedTrainConfig, 'device'>): DeviceName {
  return device === 'cuda' ? 'cuda' : 'cpu';
}

/** @throws ProductError `bad-config` when a run cannot be computed on the device it names */
export async function requireDevice({ device }: Pick<ResolvedTrainConfig, 'device'>): Promise<void> {
  if (device === 'auto' || device === 'cpu') return;
  if (device === 'webgpu')
    throw new ProductError('bad-config', 'device', 'training on "webgpu" is not possible yet', 'Use "auto" or "cpu"');
  const setup = await examineCuda();
  if (!setup.obstacle && setup.libraries) return;
  const problem = setup.obstacle?.problem ?? "ONNX Runtime's CUDA library is not installed";
  throw new ProductError(
    'bad-config',
    'device',
    `training on "cuda" is not possible here: ${problem}`,
    `${cudaRemedy(setup, '')}. Or use "auto" or "cpu"`,
  );
}
