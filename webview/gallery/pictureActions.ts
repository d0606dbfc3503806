import type { GalleryPicture, GalleryToHost } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import type { PictureName } from './navigation';

/** Something that can be done with a picture. */
export interface PictureAction {
  id: string;
  icon: string;
  label: string;
  message: GalleryToHost;
  disabled?: boolean;
  /** For an action that stays on. */
  pressed?: boolean;
}

/** What can be done with a picture, in the order of the buttons. */
export function pictureActions(
  name: PictureName,
  picture: GalleryPicture,
  strings: GalleryStrings,
  trusted: boolean,
): PictureAction[] {
  const { starred } = picture;
  return [
    {
      id: 'star',
      icon: starred ? 'star-full' : 'star-empty',
      label: starred ? strings.unstar : strings.star,
      message: { type: 'star', ...name, starred: !starred },
      pressed: starred,
    },
    { id: 'use', icon: 'reply', label: strings.useSettings, message: { type: 'useSettings', ...name } },
    {
      id: 'inspect',
      icon: 'eye',
      label: trusted ? strings.inspect : strings.untrusted,
      message: { type: 'inspect', ...name },
      disabled: !trusted,
    },
    { id: 'prompt', icon: 'copy', label: strings.copyPrompt, message: { type: 'copyPrompt', ...name } },
    { id: 'seed', icon: 'symbol-number', label: strings.copySeed, message: { type: 'copySeed', ...name } },
    { id: 'editor', icon: 'go-to-file', label: strings.openInEditor, message: { type: 'openInEditor', ...name } },
    { id: 'save', icon: 'save-as', label: strings.saveAs, message: { type: 'saveAs', ...name } },
    { id: 'delete', icon: 'trash', label: strings.delete, message: { type: 'delete', ...name } },
  ];
}

/** The action of a key on a picture, where it has one. */
export function actionOfKey(key: string, actions: readonly PictureAction[]): PictureAction | undefined {
  const id = { s: 'star', i: 'inspect', u: 'use', Delete: 'delete', Backspace: 'delete' }[
    key.length === 1 ? key.toLowerCase() : key
  ];
  return actions.find((action) => action.id === id && !action.disabled);
}
