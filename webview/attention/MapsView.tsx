import { useMemo, useState } from 'preact/hooks';
import { overlap, wordMaps } from '../../src/common/attention/words';
import type { PictureAttention, TokenMaps } from '../../src/common/protocol/attention';
import type { ComputedOn } from '../../src/common/protocol/device';
import type { AttentionToHost } from '../../src/common/webview/attention';
import type { AttentionStrings } from '../../src/common/webview/attentionStrings';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Checkbox';
import { formatText } from '../ui/formatText';
import { HeatLegend } from './HeatLegend';
import { LookControls, type MapChoice } from './LookControls';
import type { Drawing } from './drawing';
import { massCsv, massRows, percent } from './massRows';
import { MassTable } from './MassTable';
import { drawingAsPng, OverlayCanvas } from './OverlayCanvas';
import { OverlapNote } from './OverlapNote';
import { knownPins, shownIds, togglePin } from './pins';
import { placeOf } from './place';
import { renderSize } from './renderSize';
import { allTargets, hasMap, targetGroups, type Target } from './targets';
import { TokenChips } from './TokenChips';
import { deviceTitles } from '../ui/deviceTitles';
import type { AttentionViewState } from './viewState';

/** What the page shows when there are maps. */
export interface MapsViewProps {
  strings: AttentionStrings;
  attention: PictureAttention;
  picture: ImageBitmap;
  /** The chosen maps; undefined while they are read. */
  maps: TokenMaps | undefined;
  choice: MapChoice;
  onChoice: (choice: MapChoice) => void;
  view: AttentionViewState;
  onView: (change: Partial<AttentionViewState>) => void;
  post: (message: AttentionToHost) => void;
}

/** Chips, picture, overlap, controls and table. */
export function MapsView(props: MapsViewProps) {
  const { strings, attention, picture, choice, view, onView, post } = props;
  const [peeked, setPeeked] = useState<string>();
  const maps = props.maps ?? attention.mean;
  const groups = useMemo(() => targetGroups(attention.words), [attention.words]);
  const shownGroups = groups.filter(({ word }) => view.advanced || !word.isSpecial);
  const targets = allTargets(groups, view.advanced).filter((target) => hasMap(target, maps));
  const words = targets.filter(({ kind }) => kind === 'word');
  const pins = view.pinnedPrompt === attention.prompt ? knownPins(view.pins, targets) : [];
  const pin = (id: string) => onView({ pins: togglePin(pins, id), pinnedPrompt: attention.prompt });
  const shown = shownIds(pins, peeked)
    .map((id) => targets.find((target) => target.id === id))
    .filter((target) => target !== undefined);
  const pair = shown.length === 2 ? overlap(...pairOf(wordMaps(maps, shown))) : undefined;
  const drawing = (purpose: 'screen' | 'export'): Drawing => ({
    picture,
    size: renderSize(picture, purpose),
    maps,
    targets: shown,
    words,
    look: view.look,
  });
  const rows = useMemo(() => massRows(maps, words), [maps, view.advanced, groups]);
  const save = async () => {
    const label = shown.map(({ text }) => text).join(' ');
    post({ type: 'savePicture', png: await drawingAsPng(drawing('export')), words: label.slice(0, 200) });
  };
  const source = choice.layer ?? (choice.step === undefined ? 'mean' : `step ${choice.step}`);
  return (
    <>
      <h2 class="visually-hidden">{strings.words}</h2>
      <TokenChips
        strings={strings}
        groups={shownGroups}
        pins={pins}
        onPeek={setPeeked}
        onPin={pin}
        onUnpinAll={() => onView({ pins: [] })}
      />
      <p class="note hint">{strings.wordsHint}</p>
      <div class="stage">
        <figure>
          <OverlayCanvas drawing={drawing('screen')} label={overlayLabel(shown, pair, drawing('screen'), strings)} />
          <figcaption>
            {shown.length === 1 && view.look.style !== 'mask' && <HeatLegend strings={strings} />}
            <OverlapNote strings={strings} targets={shown} overlap={pair} />
            <p class="note">
              {attention.source === 'saved' ? strings.savedMaps : strings.lookedMaps}
              {attention.computedOn && ` ${computedWords(attention.computedOn, strings)}`}
              {props.maps === undefined && ` ${strings.loadingMaps}`}
            </p>
          </figcaption>
        </figure>
        <div class="side">
          <LookControls
            strings={strings}
            attention={attention}
            look={view.look}
            onLook={(change) => onView({ look: { ...view.look, ...change } })}
            choice={choice}
            onChoice={props.onChoice}
          />
          {attention.layers.length === 0 && <p class="note">{strings.noLayers}</p>}
          <Checkbox label={strings.advanced} checked={view.advanced} onChange={(advanced) => onView({ advanced })} />
          <div class="row">
            <Button icon="save" onClick={() => void save()}>
              {strings.exportPicture}
            </Button>
            <Button icon="table" onClick={() => post({ type: 'saveTable', csv: massCsv(rows, source) })}>
              {strings.exportTable}
            </Button>
            {pins.length > 0 && (
              <Button icon="pinned" onClick={() => onView({ pins: [] })}>
                {strings.unpinAll}
              </Button>
            )}
            <Button icon="eye" onClick={() => post({ type: 'showForm' })}>
              {strings.lookAgain}
            </Button>
          </div>
        </div>
      </div>
      <h2>{strings.table}</h2>
      <MassTable
        strings={strings}
        rows={rows}
        sort={view.sort}
        onSort={(sort) => onView({ sort })}
        pins={pins}
        onPin={pin}
        onPeek={setPeeked}
      />
    </>
  );
}

function pairOf<T>(items: readonly T[]): [T, T] {
  return [items[0]!, items[1]!];
}

/** The overlay in words. */
function overlayLabel(
  shown: readonly Target[],
  pair: number | undefined,
  { maps }: Drawing,
  strings: AttentionStrings,
): string {
  const [first, second] = shown;
  if (!first) return strings.pictureAlt;
  if (second) return formatText(strings.overlapAlt, first.text, second.text, pair!.toFixed(2));
  const [map] = wordMaps(maps, [first]);
  const mass = map!.data.reduce((sum, value) => sum + value, 0) / map!.data.length;
  return formatText(strings.overlayAlt, first.text, strings[placeOf(map!)], percent(mass));
}

function computedWords({ device, mixedPrecision }: ComputedOn, strings: AttentionStrings): string {
  return formatText(mixedPrecision ? strings.computedInHalf : strings.computedOn, deviceTitles[device]);
}
