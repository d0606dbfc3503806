import { useMemo } from 'preact/hooks';
import type { GalleryToHost } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import { GroupHeader } from './GroupHeader';
import type { GridRow } from './gridRows';
import { Tile } from './Tile';
import type { PictureName } from './navigation';

/** One row at its place. */
export interface RowProps {
  row: GridRow;
  index: number;
  /** The chosen picture's file if it is in this row. */
  currentFile: string | undefined;
  onFocus: (name: PictureName) => void;
  onOpen: (name: PictureName) => void;
  post: (message: GalleryToHost) => void;
  strings: GalleryStrings;
}

/** Draws a row of any kind, and draws it again only when something in it changed: scrolling is not to cost anything. */
export function Row(props: RowProps) {
  const { row, index, currentFile, onFocus, onOpen, post, strings } = props;
  return useMemo(() => drawRow(props), [row, index, currentFile, onFocus, onOpen, post, strings]);
}

function drawRow({ row, index, currentFile, onFocus, onOpen, post, strings }: RowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      class={`grid-row ${row.kind}`}
      style={{ top: row.top, height: row.height }}
    >
      {row.kind === 'header' && <GroupHeader group={row.group} post={post} strings={strings} />}
      {row.kind === 'label' && (
        <span class="row-label" role="rowheader" title={row.text}>
          {row.text}
        </span>
      )}
      {row.kind === 'columns' && (
        <>
          {row.labelWidth > 0 && <span class="row-label" role="gridcell" style={{ width: row.labelWidth }} />}
          {row.labels.map((label, column) => (
            <span key={column} class="column-label" role="columnheader" style={{ width: row.tile }} title={label}>
              {label}
            </span>
          ))}
        </>
      )}
      {row.kind === 'pictures' && (
        <>
          {row.labelWidth > 0 && (
            <span class="row-label" role="rowheader" style={{ width: row.labelWidth }} title={row.label}>
              {row.label}
            </span>
          )}
          {row.slots.map((slot, column) => {
            const name = slot.picture && { group: row.group.id, file: slot.picture.file };
            return (
              <Tile
                key={slot.picture?.file ?? `empty-${column}`}
                id={name ? tileId(name) : `${row.group.id}/${index}/${column}`}
                group={row.group.id}
                slot={slot}
                tile={row.tile}
                captioned={row.captioned}
                column={column}
                isCurrent={name !== undefined && name.file === currentFile}
                onFocus={() => name && onFocus(name)}
                onOpen={() => name && onOpen(name)}
                strings={strings}
              />
            );
          })}
        </>
      )}
    </div>
  );
}

/** The id of a picture's element. */
export function tileId({ group, file }: PictureName): string {
  return `picture:${group}/${file}`;
}
