import { join } from 'node:path';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { promptLength } from '../tokenizer/clipTokenizer';
import { requireModifiersPresent } from '../tokenizer/promptChecks';
import type { PreparedConcept } from './examineRun';
import type { PromptEncoder } from './promptEncoder';

/** The longest words that augmentation puts before a caption. */
const longestPrefix = 'a far away ';

/**
 * Makes sure that every caption holds its concept's modifier token where the model reads it, and returns warnings about captions
 * that are cut off.
 * @throws ProductError `bad-token` naming the picture.
 */
export function checkCaptions(
  config: ResolvedTrainConfig,
  concepts: readonly PreparedConcept[],
  prompts: PromptEncoder,
): string[] {
  const warnings: string[] = [];
  const tokenizer = prompts.tokenizers[0]!;
  for (const { config: concept, folder } of concepts)
    for (const { file, caption } of folder.pictures) {
      const where = join(folder.folder, file);
      const shown = config.augmentation.enabled ? longestPrefix + caption : caption;
      requireModifiersPresent(tokenizer, shown, [concept.modifierToken], where);
      const { truncated, tokenCount } = tokenizer.encode(shown);
      if (truncated)
        warnings.push(`${where}: its caption has ${tokenCount} tokens, of which the model reads ${promptLength - 2}`);
    }
  return warnings;
}
