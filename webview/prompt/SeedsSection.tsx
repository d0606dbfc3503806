import { formLimits } from '../../src/common/webview/promptForm';
import { formSeeds, seedText } from '../../src/common/webview/promptSeeds';
import { Button } from '../ui/Button';
import { NumberField } from '../ui/NumberField';
import { TextField } from '../ui/TextField';
import { formatText } from '../ui/formatText';
import type { FormEdit } from './formEdit';

/** Random first seeds stay short enough to be read and typed. */
const RANDOM_SEEDS = 1_000_000_000;

/** How many pictures, from which seeds: counted up from a first one, or listed. */
export function SeedsSection({ form, edit, validity, problem, strings }: FormEdit & { problem: string | undefined }) {
  const { pictures, seed } = formLimits;
  const toList = () => {
    const seeds = formSeeds(form);
    edit({ seedMode: 'list', seedList: 'values' in seeds ? seedText(seeds.values) : form.seedList });
  };
  return (
    <section class="seeds">
      <div class="row section-head">
        <span class="label">{strings.seeds}</span>
        <div class="row toggle" role="group" aria-label={strings.seeds}>
          <ModeButton
            label={strings.seedModeCount}
            pressed={form.seedMode === 'count'}
            onClick={() => edit({ seedMode: 'count' })}
          />
          <ModeButton label={strings.seedModeList} pressed={form.seedMode === 'list'} onClick={toList} />
        </div>
      </div>
      {form.seedMode === 'list' ? (
        <TextField
          label={strings.seedList}
          value={form.seedList}
          onInput={(seedList) => edit({ seedList })}
          {...(problem ? { problem } : {})}
        />
      ) : (
        <div class="seed-count">
          <NumberField
            label={strings.pictureCount}
            value={form.count}
            {...pictures}
            whole
            refusal={formatText(strings.problemWhole, pictures.min, pictures.max)}
            onChange={(count) => edit({ count })}
            onValidity={validity('count')}
          />
          <NumberField
            label={strings.firstSeed}
            value={form.firstSeed}
            {...seed}
            whole
            refusal={formatText(strings.problemWhole, seed.min, seed.max)}
            onChange={(firstSeed) => edit({ firstSeed })}
            onValidity={validity('firstSeed')}
          />
          <Button
            appearance="icon"
            icon="refresh"
            label={strings.randomSeed}
            onClick={() => edit({ firstSeed: Math.floor(Math.random() * RANDOM_SEEDS) })}
          />
        </div>
      )}
    </section>
  );
}

function ModeButton({ label, pressed, onClick }: { label: string; pressed: boolean; onClick: () => void }) {
  return (
    <button type="button" class="mode" aria-pressed={pressed} onClick={onClick}>
      {label}
    </button>
  );
}
