import { useEffect, useRef } from 'preact/hooks';
import type { ViewData } from '../../src/common/webview/fineTune';
import { usePage } from '../fineTune/page';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { veiledPercent, veilPath } from './veil';

/** Views of one picture as training draws them, with the prefix of the caption and the loss mask as a veil. */
export function AugmentationPreview({ concept, captionOf }: { concept: number; captionOf: (file: string) => string }) {
  const { strings, views, showViews, closeViews } = usePage();
  const open = views[concept];
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    section.current?.scrollIntoView({ block: 'nearest' });
    section.current?.focus();
  }, [open?.file]);
  if (!open) return null;
  const { file, first, reading, views: shown, problem } = open;
  const title = formatText(strings.views, file);
  const close = () => {
    closeViews(concept);
    // Back to the picture it was opened from.
    const card = section.current?.parentElement?.querySelector(`[data-file="${CSS.escape(file)}"]`);
    card?.querySelector<HTMLElement>('vscode-button')?.focus();
  };
  return (
    <section
      ref={section}
      class="views card"
      tabIndex={-1}
      aria-label={title}
      aria-busy={reading}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <div class="row spread">
        <h3>{title}</h3>
        <div class="row">
          <Button
            icon="refresh"
            disabled={reading}
            onClick={() => showViews(concept, file, first + Math.max(1, shown.length))}
          >
            {strings.anotherDraw}
          </Button>
          <Button appearance="icon" icon="close" label={strings.closeViews} onClick={close} />
        </div>
      </div>
      <p class="note">{strings.viewsHint}</p>
      {problem && <p class="problem">{problem}</p>}
      {reading && shown.length === 0 && <p role="status">{strings.viewsReading}</p>}
      <ul class="view-list">
        {shown.map((view, i) => (
          <li key={first + i}>
            <View view={view} number={first + i + 1} caption={captionOf(file)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function View({ view, number, caption }: { view: ViewData; number: number; caption: string }) {
  const { strings } = usePage();
  const { picture, mask, band, flip, prefix } = view;
  const veiled = veiledPercent(mask);
  const kinds = [
    { small: strings.bandSmall, plain: strings.bandPlain, zoom: strings.bandZoom }[band],
    ...(flip ? [strings.flipped] : []),
    ...(veiled > 0 ? [formatText(strings.veiled, veiled)] : []),
  ].join(', ');
  return (
    <figure>
      <div class="view-frame">
        <img src={picture} alt={formatText(strings.view, number, kinds)} />
        {veiled > 0 && (
          <svg class="veil" viewBox={`0 0 ${mask.width} ${mask.height}`} preserveAspectRatio="none" aria-hidden="true">
            <path d={veilPath(mask)} />
          </svg>
        )}
      </div>
      <figcaption>
        {prefix && <strong>{prefix.trim()} </strong>}
        {caption}
        <span class="note">{kinds}</span>
      </figcaption>
    </figure>
  );
}
