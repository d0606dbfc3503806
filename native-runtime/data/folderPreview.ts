import { defaultTemplates } from '../../src/common/config/trainDefaults';
import { wordsOfName, type Caption } from './captions';
import { captionedFolder, type ConceptFolder } from './conceptFolder';
import { scanPictures, type ScanOptions } from './pictureScan';

/** How captions would be made, before the subject has a name. */
export interface PreviewOptions extends ScanOptions {
  /** Side of the training pictures, in pixels. */
  resolution: number;
  captions?: 'template' | 'fileNames' | 'text';
  template?: string;
}

/**
 * What is in a folder of pictures, with captions as training would use them but for the modifier token and the class noun, which are
 * not known yet: the template keeps its `{}`, texts are as written. Excluded pictures are listed, to be taken in again, but not
 * checked.
 * @throws ProductError when the folder cannot be read, `bad-file` for a caption file that is no text, or `cancelled`
 */
export async function previewFolder(folder: string, options: PreviewOptions): Promise<ConceptFolder> {
  const {
    captions = 'template',
    template = defaultTemplates.subject,
    resolution,
    exclude = [],
    ...scanOptions
  } = options;
  const write = (stem: string, text?: string): Caption => {
    if (text !== undefined) return { caption: text, source: 'text' };
    const words = captions === 'fileNames' ? wordsOfName(stem) : '';
    return words ? { caption: words, source: 'fileName' } : { caption: template, source: 'template' };
  };
  const scan = await scanPictures(folder, scanOptions);
  return captionedFolder(folder, scan, write, { textOnly: captions === 'text', resolution, unused: new Set(exclude) });
}
