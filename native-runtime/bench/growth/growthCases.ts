import { freezeModes, type FreezeMode } from '../../../src/common/freezeModes';

/** What a training step is asked to do. */
export interface GrowthCase {
  /** Pixels. */
  resolution: number;
  rows: number;
  mode: FreezeMode;
  concepts: number;
}

/** What is varied while the rest stays as it is. */
export type GrowthAxis = 'resolution' | 'rows' | 'mode' | 'concepts';

/** The sizes of a base that are looked at. */
export interface GrowthSizes {
  resolutions: readonly number[];
  rows: readonly number[];
  concepts: readonly number[];
}

/** For full-size models: their files take gigabytes, and a step takes seconds. */
export const fullSizes: GrowthSizes = {
  resolutions: [256, 384, 512, 640, 768],
  rows: [1, 2, 4, 8],
  concepts: [1, 2, 3, 4],
};

/** For the pocket model, which works on pictures of 64 pixels. */
export const pocketSizes: GrowthSizes = {
  resolutions: [64, 96, 128, 192, 256],
  rows: [1, 2, 4, 8],
  concepts: [1, 2, 3, 4],
};

const usual = { rows: 2, mode: 'crossattn-kv' as const, concepts: 1 };

/** All cases of an axis, from the smallest; everything else is as in the smallest case of the others, with two rows. */
export function growthCases(axis: GrowthAxis, sizes: GrowthSizes): GrowthCase[] {
  const base: GrowthCase = { resolution: sizes.resolutions[0]!, ...usual };
  switch (axis) {
    case 'resolution':
      return sizes.resolutions.map((resolution) => ({ ...base, resolution }));
    case 'rows':
      return sizes.rows.map((rows) => ({ ...base, rows }));
    case 'mode':
      return freezeModes.map((mode) => ({ ...base, mode }));
    case 'concepts':
      return sizes.concepts.map((concepts) => ({ ...base, concepts }));
  }
}

/** The axes in the order of the tables, as they are named there. */
export const growthAxes: Readonly<Record<GrowthAxis, string>> = {
  resolution: 'resolution, px',
  rows: 'rows',
  mode: 'mode',
  concepts: 'concepts',
};
