import { overlayDefaults } from '../../src/common/attention/shading';
import type { Look } from './drawing';
import type { MassSort } from './massRows';
import type { Pins } from './pins';

/** What one panel remembers of how its picture is looked at. */
export interface AttentionViewState {
  look: Look;
  /** Positions beyond the words are shown. */
  advanced: boolean;
  sort: MassSort;
  /** Pinned targets, and the prompt they belong to. */
  pins: Pins;
  pinnedPrompt: string;
}

/** How a panel starts. */
export const startView: AttentionViewState = {
  look: { style: 'heat', opacity: overlayDefaults.opacity, threshold: overlayDefaults.threshold, scale: 'own' },
  advanced: false,
  sort: { column: 'order', descending: false },
  pins: [],
  pinnedPrompt: '',
};
