import type { GalleryGroup, GalleryToHost } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { formatText } from '../ui/formatText';

/** The head of a group. */
export interface GroupHeaderProps {
  group: GalleryGroup;
  post: (message: GalleryToHost) => void;
  strings: GalleryStrings;
}

/** Title, time and state of a group, and what can be done with all of it. */
export function GroupHeader({ group, post, strings }: GroupHeaderProps) {
  const state = groupState(group, strings);
  const isDrawing = group.status === 'drawing';
  return (
    <div class="group-header" role="gridcell">
      <div class="group-words">
        <h2 title={group.title}>{group.title}</h2>
        <p class="note number" title={group.damage ? formatText(strings.damaged, group.damage) : undefined}>
          {isDrawing && <Icon name="loading" spin />}
          {group.damage && <Icon name="warning" />}
          {[group.created, state].filter(Boolean).join(' · ')}
        </p>
      </div>
      {group.hasForm && (
        <Button
          appearance="icon"
          icon="reply"
          label={strings.useGroup}
          onClick={() => post({ type: 'useGroup', group: group.id })}
        />
      )}
      <Button
        appearance="icon"
        icon="folder-opened"
        label={strings.reveal}
        onClick={() => post({ type: 'revealGroup', group: group.id })}
      />
      <Button
        appearance="icon"
        icon="trash"
        label={strings.deleteGroup}
        disabled={isDrawing}
        onClick={() => post({ type: 'deleteGroup', group: group.id })}
      />
    </div>
  );
}

function groupState({ status, pictures, total, problem }: GalleryGroup, strings: GalleryStrings): string {
  switch (status) {
    case 'drawing':
      return formatText(strings.drawing, pictures.length, total);
    case 'stopped':
      return formatText(strings.stopped, pictures.length, total);
    case 'failed':
      return formatText(strings.failed, problem ?? '');
    case 'finished':
      return pictures.length === 1 ? strings.countedOne : formatText(strings.counted, pictures.length);
  }
}
