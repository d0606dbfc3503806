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
  /** Faults of the picture; it is used all the same. */
  warnings: readonly string[];
  /** What stops the start. */
  problems: readonly string[];
}

/** One picture: whether it is used, its caption, what is wrong with it, and the way to what training sees. */
export function PictureCard({ concept, picture, caption, used, onUse, warnings, problems }: PictureCardProps) {
  const { strings, post, showViews } = usePage();
  const { file, thumbnail, width, height } = picture;
  return (
    <div class={used ? 'picture card' : 'picture card unused'} data-file={file}>
      <img src={thumbnail} alt={caption} title={file} loading="lazy" decoding="async" />
      <div class="row picture-actions">
        <Button
          appearance="icon"
          icon="eye"
          label={formatText(strings.showViews, file)}
          onClick={() => showViews(concept, file, 0)}
        />
        <Button
          appearance="icon"
          icon="go-to-file"
          label={formatText(strings.openPicture, file)}
          onClick={() => post({ type: 'openPicture', concept, file })}
        />
        <span class="note number">{formatText(strings.size, width, height)}</span>
      </div>
      <Checkbox label={formatText(strings.usePicture, file)} checked={used} onChange={onUse} />
      <CaptionEditor concept={concept} picture={picture} shown={caption} />
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
