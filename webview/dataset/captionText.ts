import type { PictureCardData } from '../../src/common/webview/fineTune';
import { valueAt, type FineTuneDraft } from '../../src/common/webview/fineTuneDraft';

/** The subject of a concept as captions name it: `<new1> cat`. */
export function subjectText(config: FineTuneDraft, concept: number): string {
  const part = (name: string) => {
    const value = valueAt(config, ['concepts', concept, name]);
    return typeof value === 'string' ? value.trim() : '';
  };
  return [part('modifierToken') || `<new${concept + 1}>`, part('classNoun')].filter(Boolean).join(' ');
}

/**
 * The caption as training will read it: the subject in the place of `{}`. A template that is edited on the page holds at once.
 * @param template the concept's template, where it has one of its own
 */
export function shownCaption(
  picture: Pick<PictureCardData, 'caption' | 'captionSource'>,
  subject: string,
  template?: string,
) {
  const caption = picture.captionSource === 'template' && template ? template : picture.caption;
  return caption.replaceAll('{}', subject);
}

/** The files that a concept leaves out. */
export function excludedFiles(config: FineTuneDraft, concept: number): string[] {
  const list = valueAt(config, ['concepts', concept, 'exclude']);
  return Array.isArray(list) ? list.filter((file) => typeof file === 'string') : [];
}

/** The list with a file used or left out; undefined when nothing is left out any more. */
export function withExcluded(excluded: readonly string[], file: string, use: boolean): string[] | undefined {
  const others = excluded.filter((other) => other !== file);
  const next = use ? others : [...others, file].sort();
  return next.length > 0 ? next : undefined;
}

/** A file's name without its extension: what a picture and its caption share. */
export function fileStem(file: string): string {
  return file.replace(/(?<=.)\.[^.]*$/, '');
}
