import { ProductError } from '../../src/common/errors';
import type { ResolvedConcept } from '../../src/common/config/resolvedTrainConfig';

/** What captions need to know of a concept. */
export type CaptionConcept = Pick<ResolvedConcept, 'modifierToken' | 'classNoun' | 'template' | 'captions'>;

/** A caption and where it came from. */
export interface Caption {
  caption: string;
  source: 'text' | 'fileName' | 'template';
}

/**
 * The caption of one picture: the text beside it, else its file name if the concept asks for that and the name says something,
 * else the template.
 * @param stem the file's name without its extension
 * @param text the content of the caption file beside the picture, if there is one with words in it
 * @param textFile its path, for messages
 * @throws ProductError `bad-config` when the text mentions neither the modifier token nor the class noun: nothing would be learned from it.
 */
export function captionFor(concept: CaptionConcept, stem: string, text?: string, textFile = ''): Caption {
  const template = concept.template.replace('{}', () => subjectOf(concept));
  if (text !== undefined) {
    const caption = withSubject(text, concept);
    if (caption === undefined)
      throw new ProductError(
        'bad-config',
        textFile,
        `the caption mentions neither ${concept.modifierToken} nor "${concept.classNoun}", so nothing would be learned`,
        `Write "${subjectOf(concept)}" where the subject is`,
      );
    return { caption, source: 'text' };
  }
  const words = concept.captions === 'fileNames' ? wordsOfName(stem) : '';
  if (!words) return { caption: template, source: 'template' };
  return { caption: withSubject(words, concept) ?? `${template}, ${words}`, source: 'fileName' };
}

/** The subject as prompts name it: `<new1> cat`. */
export function subjectOf(concept: Pick<CaptionConcept, 'modifierToken' | 'classNoun'>): string {
  return `${concept.modifierToken} ${concept.classNoun}`;
}

/** The text with the modifier token in it: as written, in the place of `{}`, or before the class noun. */
function withSubject(text: string, concept: CaptionConcept): string | undefined {
  if (text.toLowerCase().includes(concept.modifierToken.toLowerCase())) return text;
  if (text.includes('{}')) return text.replaceAll('{}', () => subjectOf(concept));
  const noun = concept.classNoun.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
  const found = new RegExp(`(?<![\\p{L}\\p{N}])${noun}(?![\\p{L}\\p{N}])`, 'iu').exec(text);
  return found ? `${text.slice(0, found.index)}${concept.modifierToken} ${text.slice(found.index)}` : undefined;
}

/** The words of a file name; nothing for names that cameras and programs give. */
export function wordsOfName(stem: string): string {
  const words = stem
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cs}_]+/gu, ' ')
    .replace(/[\s-]*(\(\d+\)|\b\d+)\s*$/u, '')
    .replace(/\s+/g, ' ')
    .trim();
  const numbered = /^(img|dscn?|dscf|pxl|pict?|photo|image|screenshot|whatsapp image|signal|mvimg|wp|p)\b/i;
  return numbered.test(words) || !/\p{L}{3}/u.test(words) ? '' : words;
}
