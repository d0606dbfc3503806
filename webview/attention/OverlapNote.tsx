import type { AttentionStrings } from '../../src/common/webview/attentionStrings';
import { formatText } from '../ui/formatText';
import { overlapMeaning } from './place';
import type { Target } from './targets';

/** The overlap of two words as a number, with what it means; a live region, since it appears while words are chosen. */
export function OverlapNote(props: {
  strings: AttentionStrings;
  targets: readonly Target[];
  overlap: number | undefined;
}) {
  const { strings, targets, overlap } = props;
  return (
    <div aria-live="polite" class="overlap">
      {overlap !== undefined && (
        <>
          <div class="row">
            {targets.map(({ id, text }, i) => (
              <span key={id} class="row">
                <span class={`swatch pair${i + 1}`}>{i + 1}</span> {text}
              </span>
            ))}
          </div>
          <div class="row">
            <span>{strings.overlap}</span>
            <strong class="number overlap-number" title={strings.overlapRange}>
              {overlap.toFixed(2)}
            </strong>
            <meter
              min={0}
              max={1}
              value={overlap}
              aria-label={formatText('{0}: {1}', strings.overlap, overlap.toFixed(2))}
            />
          </div>
          <p>{strings[overlapMeaning(overlap)]}</p>
        </>
      )}
    </div>
  );
}
