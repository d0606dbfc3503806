import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { GalleryPicture, GalleryToHost } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { Details } from './Details';
import type { PictureName } from './navigation';
import { actionOfKey, pictureActions } from './pictureActions';
import { altText } from './Tile';
import { fittedScale, nextZoom } from './zoom';

/** A picture shown large. */
export interface LightboxProps {
  name: PictureName;
  picture: GalleryPicture;
  /** Its place among all that are shown, from 0. */
  index: number;
  count: number;
  trusted: boolean;
  onMove: (by: 1 | -1) => void;
  onClose: () => void;
  post: (message: GalleryToHost) => void;
  strings: GalleryStrings;
}

/** A modal dialog over the grid: arrows go on, plus and minus zoom, Escape closes. */
export function Lightbox(props: LightboxProps) {
  const { name, picture, index, count, trusted, onMove, onClose, post, strings } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(0);
  const [room, setRoom] = useState({ width: 1, height: 1 });
  useEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect));
    watch.observe(stage.current!);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => setZoom(0), [name.group, name.file]);

  const fitted = fittedScale(picture, room);
  const scale = zoom === 0 ? fitted : zoom;
  const zoomBy = (direction: 1 | -1) => setZoom((before) => nextZoom(before, direction, fitted));
  const keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actionOfKey(event.key, pictureActions(name, picture, strings, trusted));
    if (event.key === 'ArrowLeft') onMove(-1);
    else if (event.key === 'ArrowRight') onMove(1);
    else if (event.key === '+' || event.key === '=') zoomBy(1);
    else if (event.key === '-') zoomBy(-1);
    else if (event.key === '0') setZoom(0);
    else if (action) post(action.message);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      aria-label={formatText(strings.lightbox, index + 1, count)}
      onKeyDown={keyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="row lightbox-bar">
        <span class="number" role="status">
          {formatText(strings.lightbox, index + 1, count)}
        </span>
        <span class="number zoom">{formatText(strings.zoom, Math.round(scale * 100))}</span>
        <Button appearance="icon" icon="zoom-out" label={strings.zoomOut} onClick={() => zoomBy(-1)} />
        <Button appearance="icon" icon="zoom-in" label={strings.zoomIn} onClick={() => zoomBy(1)} />
        <Button appearance="icon" icon="screen-normal" label={strings.zoomFit} onClick={() => setZoom(0)} />
        <Button
          appearance="icon"
          icon="chevron-left"
          label={strings.previous}
          disabled={index === 0}
          onClick={() => onMove(-1)}
        />
        <Button
          appearance="icon"
          icon="chevron-right"
          label={strings.next}
          disabled={index === count - 1}
          onClick={() => onMove(1)}
        />
        <Button appearance="icon" icon="close" label={strings.close} onClick={onClose} />
      </div>
      <div
        class="stage"
        ref={stage}
        tabIndex={0}
        aria-label={altText(picture, strings)}
        role="group"
        onWheel={(event) => {
          if (!event.ctrlKey) return;
          event.preventDefault();
          zoomBy(event.deltaY < 0 ? 1 : -1);
        }}
      >
        <img
          src={picture.src}
          alt={altText(picture, strings)}
          class={scale > 1 ? 'enlarged' : undefined}
          style={{ width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) }}
          onDblClick={() => setZoom((before) => (before === 0 ? nextZoom(0, 1, fitted) : 0))}
        />
      </div>
      <Details name={name} picture={picture} trusted={trusted} post={post} strings={strings} />
    </dialog>
  );
}
