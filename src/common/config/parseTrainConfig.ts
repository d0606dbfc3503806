import { checkTrainConfig } from './checkTrainConfig';
import { parseJsonText } from './jsonText';
import type { TrainConfig } from './trainConfig';

/**
 * Reads a training configuration. Everything in it is checked; defaults are not filled in.
 * @param source the file's name, for messages about malformed JSON
 * @throws ProductError `bad-config` at the line and column, or at the JSON path of the first problem.
 */
export function parseTrainConfig(text: string, source: string): TrainConfig {
  return checkTrainConfig(parseJsonText(text, source));
}
