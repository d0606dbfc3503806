import type { TokenMaps } from '../../src/common/protocol/attention';
import type { AttentionFromHost, AttentionState, AttentionToHost } from '../../src/common/webview/attention';
import type { AttentionStrings } from '../../src/common/webview/attentionStrings';
import { connectHost, loadViewState, saveViewState } from '../ui/host';
import { mount } from '../ui/mount';
import { AttentionPage } from './AttentionPage';
import './attention.css';
import type { MapChoice } from './LookControls';
import { startView } from './viewState';

let strings: AttentionStrings | undefined;
let state: AttentionState | undefined;
let picture: ImageBitmap | undefined;
let view = loadViewState(startView);
let choice: MapChoice = {};
/** The maps of `choice`; undefined while they are read. */
let maps: TokenMaps | undefined;
let mapsProblem: string | undefined;
let asking: ReturnType<typeof setTimeout> | undefined;

const host = connectHost<AttentionFromHost, AttentionToHost>((message) => {
  switch (message.type) {
    case 'state':
      ({ strings } = message);
      // Other maps: what was chosen of the former ones is not there any more.
      if (message.state.attention !== state?.attention) setChoice({});
      ({ state } = message);
      break;
    case 'picture':
      void showPicture(message.bytes);
      return;
    case 'maps':
      if (message.layer !== choice.layer || message.step !== choice.step) return;
      ({ maps, problem: mapsProblem } = message);
      break;
  }
  render();
});

async function showPicture(bytes: Uint8Array): Promise<void> {
  // The browser turns pictures upright by their EXIF data, as the runtime does.
  picture = await createImageBitmap(new Blob([Uint8Array.from(bytes)])).catch(() => undefined);
  render();
}

function setChoice(next: MapChoice): void {
  choice = next;
  maps = undefined;
  mapsProblem = undefined;
}

/** A slider that is dragged passes many steps; only where it rests is asked for. */
function askForMaps(): void {
  clearTimeout(asking);
  if (choice.layer !== undefined || choice.step !== undefined)
    asking = setTimeout(() => host.post({ type: 'maps', ...choice }), 60);
}

function render(): void {
  if (!strings || !state) return;
  const isMean = choice.layer === undefined && choice.step === undefined;
  mount(
    <AttentionPage
      strings={strings}
      state={state}
      picture={picture}
      maps={isMean ? state.attention?.mean : maps}
      mapsProblem={mapsProblem}
      choice={choice}
      onChoice={(next) => {
        setChoice(next);
        askForMaps();
        render();
      }}
      view={view}
      onView={(change) => {
        view = { ...view, ...change };
        saveViewState(view);
        render();
      }}
      post={(message) => host.post(message)}
    />,
  );
}
