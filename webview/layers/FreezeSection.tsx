import './layers.css';
import { freezeModes, type FreezeMode } from '../../src/common/freezeModes';
import { usePage, problemText } from '../fineTune/page';
import { countText } from '../fineTune/quantities';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import type { LayerModel } from './layerModel';
import { LayerTree } from './LayerTree';
import { modeOf, trainedParameters, type LayerSelection } from './selection';
import { selectionEdits } from './trainableChoice';

/** What may learn: the four modes, and the tree for everything else. */
export function FreezeSection({ model, selection }: { model?: LayerModel; selection?: LayerSelection }) {
  const { strings, state } = usePage();
  const problem = ['mode', 'layers'].map((field) => problemText(state.check.problems, field)).find(Boolean);
  return (
    <section aria-labelledby="freeze-title">
      <h2 id="freeze-title">{strings.freeze}</h2>
      <p class="note">{strings.freezeHint}</p>
      <div data-field="mode" />
      <div data-field="layers" class="freeze">
        {problem && (
          <p class="problem" role="alert">
            {selection?.some((learns) => learns) === false ? strings.nothingChosen : problem}
          </p>
        )}
        {state.model.status === 'failed' && (
          <p class="problem">{formatText(strings.layersFailed, state.model.problem ?? '')}</p>
        )}
        {state.model.status === 'reading' && <p role="status">{strings.modelReading}</p>}
        {model && selection && <Choice model={model} selection={selection} />}
      </div>
    </section>
  );
}

function Choice({ model, selection }: { model: LayerModel; selection: LayerSelection }) {
  const { strings, state, locale, edit } = usePage();
  const chosen = modeOf(model, selection);
  const words: Record<FreezeMode, string> = {
    'crossattn-kv': strings.modeKv,
    crossattn: strings.modeCross,
    'self-crossattn-kv': strings.modeSelfKv,
    'self-crossattn': strings.modeSelf,
  };
  const patterns = Array.isArray(state.config.layers) ? state.config.layers.join(' ') : '';
  return (
    <>
      <div class="row" role="group" aria-label={strings.modes}>
        {freezeModes.map((mode) => (
          <Button
            key={mode}
            appearance={chosen === mode ? 'primary' : 'secondary'}
            icon={chosen === mode ? 'check' : undefined}
            pressed={chosen === mode}
            onClick={() => edit({ path: ['mode'], value: mode }, { path: ['layers'] })}
          >
            {mode}
          </Button>
        ))}
      </div>
      <p class="note" role="status">
        {chosen ? words[chosen] : patterns && formatText(strings.customSelection, patterns)}
        {` (${countText(trainedParameters(model, selection), locale)})`}
      </p>
      <LayerTree model={model} selection={selection} onChange={(next) => edit(...selectionEdits(model, next))} />
    </>
  );
}
