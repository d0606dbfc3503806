import { exportScorer } from '../../native-runtime/pocket/scorer/exportScorer';
import { scorerConfig } from '../../native-runtime/pocket/scorer/scorerConfig';
import { scorerStep } from '../../native-runtime/pocket/scorer/scorerStep';
import { initialWeights } from '../../native-runtime/pocket/training/initialise';
import { defaultOptimizer } from '../../native-runtime/train/optimizer';

/** Writes a scorer that was never trained: it answers, but what it says means nothing. */
export async function writeUntrainedScorer(folder: string): Promise<string> {
  const { shapes } = scorerStep(scorerConfig, 1, defaultOptimizer);
  await exportScorer(folder, initialWeights(shapes, 1), scorerConfig, 0);
  return folder;
}
