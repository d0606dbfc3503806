import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Checkbox';
import { Dropdown } from '../ui/Dropdown';
import { Slider } from '../ui/Slider';
import { TextField } from '../ui/TextField';
import type { GalleryFilter } from './filter';

/** Sides that pictures can be shown at, in pixels. */
export const tileSizes = { min: 64, max: 384, usual: 128 } as const;

/** What is shown, and how large. */
export interface FilterBarProps {
  filter: GalleryFilter;
  onFilter: (filter: GalleryFilter) => void;
  models: readonly string[];
  tile: number;
  onTile: (tile: number) => void;
  onRefresh: () => void;
  /** How many pictures are shown. */
  counted: string;
  strings: GalleryStrings;
}

/** The bar above the grid. */
export function FilterBar(props: FilterBarProps) {
  const { filter, onFilter, models, tile, onTile, onRefresh, counted, strings } = props;
  const options = [{ value: '', label: strings.allModels }, ...models.map((value) => ({ value, label: value }))];
  return (
    <header class="filter-bar">
      <h1 class="visually-hidden">{strings.title}</h1>
      <div class="filter-text">
        <TextField label={strings.filterText} value={filter.text} onInput={(text) => onFilter({ ...filter, text })} />
      </div>
      <div class="filter-model">
        <Dropdown
          label={strings.filterModel}
          value={filter.model}
          options={options}
          onChange={(model) => onFilter({ ...filter, model })}
        />
      </div>
      <Checkbox
        label={strings.filterStarred}
        checked={filter.starred}
        onChange={(starred) => onFilter({ ...filter, starred })}
      />
      <div class="filter-size">
        <Slider
          label={strings.tileSize}
          value={tile}
          min={tileSizes.min}
          max={tileSizes.max}
          step={16}
          onInput={onTile}
        />
      </div>
      <span class="note number" role="status">
        {counted}
      </span>
      <Button appearance="icon" icon="refresh" label={strings.refresh} onClick={onRefresh} />
    </header>
  );
}
