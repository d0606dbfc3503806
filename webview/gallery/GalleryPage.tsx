import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { GalleryGroup, GalleryToHost } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { loadViewState, saveViewState } from '../ui/host';
import { Details } from './Details';
import { countPictures, filterGroups, isFiltering, modelsOf, noFilter, type GalleryFilter } from './filter';
import { FilterBar, tileSizes } from './FilterBar';
import { Lightbox } from './Lightbox';
import { samePicture, type PictureName } from './navigation';
import { actionOfKey, pictureActions } from './pictureActions';
import { PictureGrid } from './PictureGrid';
import { tileId } from './Row';
import { findPicture, type GalleryState } from './state';

/** The page and its way to the host. */
export interface GalleryPageProps {
  state: GalleryState & { strings: GalleryStrings };
  post: (message: GalleryToHost) => void;
}

const remembered = { filter: noFilter, tile: tileSizes.usual as number };

/** The grid panel. */
export function GalleryPage({ state, post }: GalleryPageProps) {
  const { strings, trusted, groups: all, shown } = state;
  const [start] = useState(() => loadViewState(remembered));
  const [filter, setFilter] = useState<GalleryFilter>({ ...noFilter, ...start.filter });
  const [tile, setTile] = useState(start.tile);
  const [current, setCurrent] = useState<PictureName | undefined>(undefined);
  const [large, setLarge] = useState(false);
  const groups = useMemo(() => filterGroups(all ?? [], filter), [all, filter]);
  const models = useMemo(() => modelsOf(all ?? []), [all]);
  const picture = findPicture(groups, current);
  const choose = (next: GalleryFilter) => {
    setFilter(next);
    saveViewState({ filter: next });
  };
  const resize = (next: number) => {
    setTile(next);
    saveViewState({ tile: next });
  };
  const lastLarge = useRef<PictureName | undefined>(undefined);
  const close = () => {
    lastLarge.current = current;
    setLarge(false);
  };
  useEffect(() => {
    const name = lastLarge.current;
    if (large || !name) return;
    lastLarge.current = undefined;
    // The dialog has given the focus back to the picture it was opened on, which may be another one by now.
    setCurrent(name);
    requestAnimationFrame(() => document.getElementById(tileId(name))?.focus());
  }, [large]);
  const open = useCallback((name: PictureName) => {
    setCurrent(name);
    setLarge(true);
  }, []);
  const keyOnPicture = (event: KeyboardEvent) => {
    if (!current || !picture) return;
    const action = actionOfKey(event.key, pictureActions(current, picture, strings, trusted));
    if (!action) return;
    event.preventDefault();
    post(action.message);
  };
  return (
    <div class="gallery-page">
      <FilterBar
        filter={filter}
        onFilter={choose}
        models={models}
        tile={tile}
        onTile={resize}
        onRefresh={() => post({ type: 'refresh' })}
        counted={counted(all, groups, strings)}
        strings={strings}
      />
      {groups.length > 0 ? (
        <PictureGrid
          groups={groups}
          tile={tile}
          current={current}
          onCurrent={setCurrent}
          onOpen={open}
          onKey={keyOnPicture}
          shown={shown}
          post={post}
          strings={strings}
        />
      ) : (
        <Empty all={all} onClear={() => choose(noFilter)} filter={filter} post={post} strings={strings} />
      )}
      {current && picture && !large && (
        <Details
          name={current}
          picture={picture}
          trusted={trusted}
          post={post}
          onOpen={() => setLarge(true)}
          strings={strings}
        />
      )}
      {large && current && picture && (
        <LargePicture
          groups={groups}
          current={current}
          onCurrent={setCurrent}
          onClose={close}
          trusted={trusted}
          post={post}
          strings={strings}
        />
      )}
    </div>
  );
}

interface LargePictureProps {
  groups: readonly GalleryGroup[];
  current: PictureName;
  onCurrent: (name: PictureName) => void;
  onClose: () => void;
  trusted: boolean;
  post: (message: GalleryToHost) => void;
  strings: GalleryStrings;
}

function LargePicture({ groups, current, onCurrent, ...rest }: LargePictureProps) {
  const names = groups.flatMap(({ id, pictures }) => pictures.map(({ file }) => ({ group: id, file })));
  const index = names.findIndex((name) => samePicture(name, current));
  const move = (by: 1 | -1) => {
    const next = names[index + by];
    if (next) onCurrent(next);
  };
  return (
    <Lightbox
      {...rest}
      name={current}
      picture={findPicture(groups, current)!}
      index={index}
      count={names.length}
      onMove={move}
    />
  );
}

interface EmptyProps {
  all: readonly GalleryGroup[] | undefined;
  filter: GalleryFilter;
  onClear: () => void;
  post: (message: GalleryToHost) => void;
  strings: GalleryStrings;
}

function Empty({ all, filter, onClear, post, strings }: EmptyProps) {
  if (!all) return <p class="note empty">{strings.loading}</p>;
  if (all.length > 0 && isFiltering(filter))
    return (
      <div class="empty">
        <p>{strings.noMatch}</p>
        <Button onClick={onClear}>{strings.clearFilter}</Button>
      </div>
    );
  return (
    <div class="empty">
      <p>{strings.empty}</p>
      <p class="note">{strings.emptyHint}</p>
      <Button appearance="primary" onClick={() => post({ type: 'openPrompt' })}>
        {strings.openPrompt}
      </Button>
    </div>
  );
}

function counted(
  all: readonly GalleryGroup[] | undefined,
  groups: readonly GalleryGroup[],
  strings: GalleryStrings,
): string {
  if (!all) return '';
  const [total, count] = [countPictures(all), countPictures(groups)];
  if (total === 1 && count === 1) return strings.countedOne;
  return total === count ? formatText(strings.counted, total) : formatText(strings.countedOf, count, total);
}
