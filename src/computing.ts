import type { ComputingChoice } from './common/protocol/device';
import { readConfiguration } from './configuration';

/** What the settings say of where and how graphs run; nothing where they leave it to the engine. */
export function computingSettings(): ComputingChoice {
  const [device, precision] = [readConfiguration('runtime.device'), readConfiguration('runtime.precision')];
  return { ...(device === 'auto' ? {} : { device }), ...(precision === 'auto' ? {} : { precision }) };
}
