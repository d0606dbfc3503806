import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PictureCardData } from '../../src/common/webview/fineTune';
import { usePage } from '../fineTune/page';
import { formatText } from '../ui/formatText';
import { TextArea } from '../ui/TextArea';

/** A caption that becomes a text field where it stands: Enter keeps, Escape leaves it as it was. */
export function CaptionEditor({
  concept,
  picture,
  shown,
  tabIndex,
}: {
  concept: number;
  picture: PictureCardData;
  shown: string;
  tabIndex: number | undefined;
}) {
  const { strings, post } = usePage();
  const [text, setText] = useState<string>();
  const place = useRef<HTMLDivElement>(null);
  const returnFocus = useRef(false);
  const open = text !== undefined;
  // At once, or the first letters of a quick typist would go nowhere.
  useLayoutEffect(() => {
    if (open) place.current?.querySelector<HTMLElement>('vscode-text-area')?.focus();
    else if (returnFocus.current) place.current?.querySelector('button')?.focus();
    returnFocus.current = false;
  }, [open]);

  const close = (keep: boolean, byKey: boolean) => {
    if (text === undefined) return;
    returnFocus.current = byKey;
    setText(undefined);
    // A caption is one line; a file is written only for words of one's own.
    const caption = text.replaceAll(/\s+/g, ' ').trim();
    const before = picture.caption.trim();
    if (keep && caption !== before && !(caption === '' && picture.captionSource !== 'text'))
      post({ type: 'caption', concept, file: picture.file, caption });
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    close(event.key === 'Enter', true);
  };

  // The button that opened the field leaves too, when the field takes its place.
  const left = (event: FocusEvent) => {
    if ((event.target as HTMLElement).localName === 'vscode-text-area') close(true, false);
  };

  return (
    <div ref={place} class="caption" onKeyDown={open ? pressed : undefined} onFocusOut={left}>
      {open ? (
        <TextArea label={formatText(strings.captionOf, picture.file)} value={text} onInput={setText} rows={3} />
      ) : (
        <button
          type="button"
          tabIndex={tabIndex}
          class={`caption-text ${picture.captionSource === 'text' ? 'own' : 'derived'}`}
          aria-label={formatText(strings.editCaption, picture.file, shown)}
          onClick={() => setText(picture.caption)}
        >
          {shown}
        </button>
      )}
    </div>
  );
}
