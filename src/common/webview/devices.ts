import * as z from 'zod';
import type { DeviceProbe, Handshake } from '../protocol/device';
import type { DevicesStrings } from './devicesStrings';

/** What the page asks of the host. */
export const devicesToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('probe') }),
  z.object({ type: z.literal('copy') }),
  z.object({ type: z.literal('showLog') }),
  z.object({ type: z.literal('manageTrust') }),
  z.object({ type: z.literal('installCuda') }),
]);

/** See {@link devicesToHost}. */
export type DevicesToHost = z.infer<typeof devicesToHost>;

/** Versions and memory, for the page and for bug reports. */
export interface Surroundings {
  editor: string;
  extension: string;
  system: string;
  /** Bytes. */
  memory: { total: number; free: number };
}

/** Everything the page shows. */
export interface DevicesState {
  status: 'untrusted' | 'probing' | 'ready' | 'failed';
  probes: readonly DeviceProbe[];
  runtime?: Handshake;
  surroundings: Surroundings;
  problem?: string;
}

/** What the host tells the page. */
export interface DevicesFromHost {
  type: 'state';
  strings: DevicesStrings;
  state: DevicesState;
}
