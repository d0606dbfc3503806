import type { GalleryPicture, GalleryToHost } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import type { PictureName } from './navigation';
import { pictureActions } from './pictureActions';

/** The picture that is chosen. */
export interface DetailsProps {
  name: PictureName;
  picture: GalleryPicture;
  trusted: boolean;
  post: (message: GalleryToHost) => void;
  /** Shows it large; left out where it is shown large already. */
  onOpen?: () => void;
  strings: GalleryStrings;
}

/** How a picture was made, and what can be done with it. */
export function Details({ name, picture, trusted, post, onOpen, strings }: DetailsProps) {
  return (
    <section class="details" aria-label={strings.actions}>
      <div class="details-words">
        <p class="details-prompt" title={picture.prompt}>
          {picture.prompt}
        </p>
        <p class="note number">{describe(picture, strings)}</p>
        {picture.negativePrompt && (
          <p class="note" title={picture.negativePrompt}>
            {formatText(strings.negative, picture.negativePrompt)}
          </p>
        )}
      </div>
      <div class="details-actions" role="toolbar" aria-label={strings.actions}>
        {onOpen && <Button appearance="icon" icon="zoom-in" label={strings.open} onClick={onOpen} />}
        {pictureActions(name, picture, strings, trusted).map(({ id, icon, label, message, disabled, pressed }) => (
          <Button
            key={id}
            id={`action-${id}`}
            appearance="icon"
            icon={icon}
            label={label}
            onClick={() => post(message)}
            {...(disabled ? { disabled } : {})}
            {...(pressed === undefined ? {} : { pressed })}
          />
        ))}
      </div>
    </section>
  );
}

function describe(picture: GalleryPicture, strings: GalleryStrings): string {
  const { model, strength, seed, steps, sampler, guidance, width, height } = picture;
  const named = strength === undefined || strength === 1 ? model : formatText(strings.strength, model, strength);
  const drawn = formatText(strings.details, formatText(strings.seed, seed), steps, sampler, guidance, width, height);
  return [named, drawn].filter(Boolean).join(' · ');
}
