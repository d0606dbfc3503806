import type { AttentionMaps } from '../../src/common/attention/attentionMaps';
import type { PictureAttention } from '../../src/common/protocol/attention';

/** Something whose map can be shown: a word, one of its pieces, or a learned token with the word it belongs to. */
export interface Target {
  /** Stays the same as long as the prompt does. */
  id: string;
  text: string;
  positions: readonly number[];
  kind: 'word' | 'piece' | 'concept';
  isModifier: boolean;
  isSpecial: boolean;
  /** For pieces: which one, from 1, of how many. */
  piece?: { index: number; of: number };
}

/** A word of the prompt with the targets shown beside it. */
export interface TargetGroup {
  word: Target;
  pieces: readonly Target[];
  /** A learned token together with the word that follows it: `<new1>` and `cat` name one subject. */
  concept?: Target;
}

type Word = PictureAttention['words'][number];

/** The chips of a prompt, word by word. */
export function targetGroups(words: readonly Word[]): TargetGroup[] {
  return words.map((word, i) => {
    const { text, positions, isModifier, isSpecial } = word;
    const base = { isModifier, isSpecial };
    const next = words[i + 1];
    const concept =
      isModifier && next && !next.isModifier && !next.isSpecial && /\p{L}/u.test(next.text)
        ? {
            id: `c${i}`,
            text: `${text} ${next.text}`,
            positions: [...positions, ...next.positions],
            kind: 'concept' as const,
            ...base,
          }
        : undefined;
    // Padding is dozens of positions that all say the same.
    const pieces = positions.length < 2 || isSpecial ? [] : positions;
    return {
      word: { id: `w${i}`, text, positions, kind: 'word', ...base },
      pieces: pieces.map((position, k) => ({
        id: `w${i}.${k}`,
        text,
        positions: [position],
        kind: 'piece',
        piece: { index: k + 1, of: pieces.length },
        ...base,
      })),
      ...(concept ? { concept } : {}),
    };
  });
}

/** Every target of the groups, in the order of the chips. */
export function allTargets(groups: readonly TargetGroup[], includeSpecial: boolean): Target[] {
  return groups
    .filter(({ word }) => includeSpecial || !word.isSpecial)
    .flatMap(({ word, pieces, concept }) => [word, ...pieces, ...(concept ? [concept] : [])]);
}

/** Whether a target has maps: the file may hold fewer positions than the prompt has. */
export function hasMap(target: Target, maps: AttentionMaps): boolean {
  return target.positions.length > 0 && target.positions.every((p) => p >= 0 && p < maps.tokens);
}
