import { useState } from 'preact/hooks';
import type { PictureCardData } from '../../src/common/webview/fineTune';
import { usePage } from '../fineTune/page';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Checkbox';
import { formatText } from '../ui/formatText';
import { Icon } from '../ui/Icon';
import { CaptionEditor } from './CaptionEditor';

/** What a card shows besides the picture. */
export interface PictureCardProps {
  concept: number;
  picture: PictureCardData;
  /** As training will read it. */
  caption: string;
  used: boolean;
  onUse: (use: boolean) => void;
  /** Its card is the one in the order of the Tab key. */
  isCurrent: boolean;
  /** It, or something in it, got the focus. */
  onFocus: () => void;
  /** Faults of the picture; it is used all the same. */
  warnings: readonly string[];
  /** What stops the start. */
  problems: readonly string[];
}

/**
 * One picture: whether it is used, its caption, what is wrong with it, and the way to what training sees. The Tab key finds
 * its controls only while one of them has the focus.
 */
export function PictureCard(props: PictureCardProps) {
  const { concept, picture, caption, used, onUse, isCurrent, onFocus, warnings, problems } = props;
  const [entered, setEntered] = useState(false);
  const { strings, post, showViews } = usePage();
  const { file, thumbnail, width, height } = picture;
  const tabIndex = entered ? undefined : -1;
  return (
    <div
      role="gridcell"
      aria-label={`${file}: ${caption}`}
      tabIndex={isCurrent ? 0 : -1}
      class={used ? 'picture card' : 'picture card unused'}
      data-file={file}
      onFocusIn={({ target, currentTarget }) => {
        setEntered(target !== currentTarget);
        onFocus();
      }}
      onFocusOut={({ relatedTarget, currentTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setEntered(false);
      }}
    >
      <img src={thumbnail} alt={caption} title={file} loading="lazy" decoding="async" />
      <div class="row picture-actions">
        <Button
          appearance="icon"
          icon="eye"
          tabIndex={tabIndex}
          label={formatText(strings.showViews, file)}
          onClick={() => showViews(concept, file, 0)}
        />
        <Button
          appearance="icon"
          icon="go-to-file"
          tabIndex={tabIndex}
          label={formatText(strings.openPicture, file)}
          onClick={() => post({ type: 'openPicture', concept, file })}
        />
        <span class="note number">{formatText(strings.size, width, height)}</span>
      </div>
      <Checkbox label={formatText(strings.usePicture, file)} checked={used} onChange={onUse} tabIndex={tabIndex} />
      <CaptionEditor concept={concept} picture={picture} shown={caption} tabIndex={tabIndex} />
      {problems.map((problem) => (
        <p key={problem} class="remark problem">
          <Icon name="error" /> {problem}
        </p>
      ))}
      {warnings.map((warning) => (
        <p key={warning} class="remark warning">
          <Icon name="warning" /> {warning}
        </p>
      ))}
    </div>
  );
}
