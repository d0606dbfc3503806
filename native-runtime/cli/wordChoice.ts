import { ProductError } from '../../src/common/errors';
import type { WordGroup } from '../../src/common/attention/words';

/**
 * Finds words of a prompt as users name them: `cat`, the second one `cat:2`, and several as one `<new1>+cat`.
 * @throws ProductError `bad-input` for a word that is not in the prompt, listing those that are.
 */
export function chooseWords(words: readonly WordGroup[], names: readonly string[]): WordGroup[] {
  return names.map((name) => {
    const parts = name.split('+').map((part) => findWord(words, part.trim(), name));
    const [first] = parts;
    if (parts.length === 1) return first!;
    return {
      text: parts.map(({ text }) => text).join(' '),
      positions: parts.flatMap(({ positions }) => positions),
      isModifier: parts.some(({ isModifier }) => isModifier),
    };
  });
}

function findWord(words: readonly WordGroup[], part: string, name: string): WordGroup {
  const match = /^(.*?)(?::([1-9]\d{0,3}))?$/su.exec(part)!;
  // A word may hold a colon itself; its whole text comes first.
  const whole = matching(words, part)[0];
  const found = whole ?? matching(words, match[1]!)[Number(match[2] ?? 1) - 1];
  if (found) return found;
  const known = words.filter(({ isSpecial }) => !isSpecial).map(({ text }) => text);
  throw new ProductError(
    'bad-input',
    '--words',
    `"${name}" is not in the prompt`,
    `Its words: ${known.join(', ') || 'none'}`,
  );
}

function matching(words: readonly WordGroup[], text: string): WordGroup[] {
  return words.filter((word) => word.text.toLowerCase() === text.toLowerCase());
}
