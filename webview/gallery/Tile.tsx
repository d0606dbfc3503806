import type { GalleryPicture } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import { Icon } from '../ui/Icon';
import { formatText } from '../ui/formatText';
import type { Slot } from './gridRows';
import { TilePicture } from './TilePicture';

/** One cell of the grid. */
export interface TileProps {
  group: string;
  slot: Slot;
  id: string;
  tile: number;
  captioned: boolean;
  column: number;
  isCurrent: boolean;
  onFocus: () => void;
  onOpen: () => void;
  strings: GalleryStrings;
}

/** A picture with its star and caption, or the place of one. */
export function Tile({ group, slot, id, tile, captioned, column, isCurrent, onFocus, onOpen, strings }: TileProps) {
  const { picture, state, caption } = slot;
  const side = { width: tile, height: tile };
  if (!picture)
    return (
      <div role="gridcell" aria-colindex={column + 1} class={`tile ${state}`} style={{ width: tile }}>
        <div
          class="frame"
          style={side}
          aria-label={state === 'pending' ? strings.pending : strings.missing}
          role="img"
        />
        {captioned && <span class="caption">{caption}</span>}
      </div>
    );
  const alt = altText(picture, strings);
  return (
    <div
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={isCurrent}
      id={id}
      tabIndex={isCurrent ? 0 : -1}
      class={isCurrent ? 'tile current' : 'tile'}
      style={{ width: tile }}
      title={alt}
      draggable
      onFocus={onFocus}
      onDblClick={onOpen}
      onDragStart={(event) => dragOut(event, picture)}
    >
      <div class="frame" style={side}>
        <TilePicture name={{ group, file: picture.file }} picture={picture} alt={alt} tile={tile} />
        {picture.starred && (
          <span class="starred">
            <Icon name="star-full" />
          </span>
        )}
      </div>
      {captioned && <span class="caption number">{caption}</span>}
    </div>
  );
}

/** What a screen reader says of a picture: its prompt, its seed, and whether it has a star. */
export function altText({ prompt, seed, starred }: GalleryPicture, strings: GalleryStrings): string {
  const alt = formatText(strings.alt, prompt, seed);
  return starred ? formatText(strings.starredAlt, alt) : alt;
}

function dragOut(event: DragEvent, { uri }: GalleryPicture): void {
  const name = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
  event.dataTransfer?.setData('text/uri-list', uri);
  event.dataTransfer?.setData('text/plain', uri);
  // Browsers and file managers take this form as a file to copy.
  event.dataTransfer?.setData('DownloadURL', `image/png:${name}:${uri}`);
}
