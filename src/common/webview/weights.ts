import * as z from 'zod';
import type { WeightsStrings } from './weightsStrings';

/** What the page asks of the host. */
export const weightsToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('generate') }),
  z.object({ type: z.literal('reload') }),
  z.object({ type: z.literal('copy'), text: z.string().max(100_000) }),
]);

/** See {@link weightsToHost}. */
export type WeightsToHost = z.infer<typeof weightsToHost>;

/** One tensor as the tree shows it. */
export interface TensorRow {
  name: string;
  dtype: string;
  shape: readonly number[];
  bytes: number;
  parameters: number;
}

/** Everything the page shows. */
export interface WeightsState {
  fileName: string;
  status: 'loading' | 'ready' | 'failed';
  /** What is wrong with the file. */
  problem?: string;
  remedy?: string;
  /** Bytes of the file. */
  size: number;
  tensors: readonly TensorRow[];
  metadata: readonly (readonly [string, string])[];
  /** One sentence on what the file is; only the runtime knows, and it starts in trusted workspaces only. */
  kind?: string;
  kindState: 'asking' | 'known' | 'unknown' | 'untrusted';
  isDelta: boolean;
}

/** What the host tells the page. */
export interface WeightsFromHost {
  type: 'state';
  strings: WeightsStrings;
  state: WeightsState;
}
