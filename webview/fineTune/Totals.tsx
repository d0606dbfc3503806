import type { ComponentChildren } from 'preact';
import { formatText } from '../ui/formatText';
import { usePage } from './page';
import { bytesText, countText, durationText } from './quantities';

/** What the run takes. The count of parameters is exact and at once; the rest is estimated by the runtime. */
export function Totals({ parameters }: { parameters?: number }) {
  const { strings, state, locale } = usePage();
  const { estimate, pending } = state.check;
  const about = (text: string) => formatText(strings.about, text);
  const bytes = (size: number) => bytesText(size, locale);
  const tight = estimate !== undefined && estimate.memoryBytes > estimate.availableMemoryBytes;
  const full = estimate !== undefined && estimate.diskBytes > estimate.availableDiskBytes;
  const of = (need: number, available: number) => formatText(strings.memoryOf, bytes(need), bytes(available));
  return (
    <section aria-labelledby="totals-title" aria-busy={pending}>
      <h2 id="totals-title">{strings.totals}</h2>
      <dl class={pending ? 'totals pending' : 'totals'}>
        <Total name={strings.parameters}>
          {parameters === undefined ? (
            strings.unknown
          ) : (
            <span title={parameters.toLocaleString(locale)}>{countText(parameters, locale)}</span>
          )}
        </Total>
        <Total name={strings.deltaSize}>{estimate ? about(bytes(estimate.deltaBytes)) : strings.unknown}</Total>
        <Total name={strings.memory} problem={tight ? strings.tooMuchMemory : undefined}>
          {estimate ? of(estimate.memoryBytes, estimate.availableMemoryBytes) : strings.unknown}
        </Total>
        <Total name={strings.secondsPerStep}>
          {estimate ? about(durationText(estimate.secondsPerStep, locale)) : strings.unknown}
        </Total>
        <Total name={strings.time}>{estimate ? about(durationText(estimate.seconds, locale)) : strings.unknown}</Total>
        <Total name={strings.disk} problem={full ? strings.tooMuchMemory : undefined}>
          {estimate ? of(estimate.diskBytes, estimate.availableDiskBytes) : strings.unknown}
        </Total>
      </dl>
    </section>
  );
}

function Total({ name, problem, children }: { name: string; problem?: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={problem ? 'number problem' : 'number'}>
        {children}
        {problem && `: ${problem}`}
      </dd>
    </div>
  );
}
