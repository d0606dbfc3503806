import type { AttentionState } from '../../src/common/webview/attention';
import { Button } from '../ui/Button';
import { ProgressBar } from '../ui/ProgressBar';
import { LookForm } from './LookForm';
import { MapsView, type MapsViewProps } from './MapsView';
import { OverlayCanvas } from './OverlayCanvas';
import { renderSize } from './renderSize';

/** What the page is made from. */
export interface AttentionPageProps extends Omit<MapsViewProps, 'attention' | 'picture'> {
  state: AttentionState;
  picture: ImageBitmap | undefined;
  mapsProblem: string | undefined;
}

/** The attention editor: maps, or the form that makes some, or why there are none. */
export function AttentionPage({ state, picture, mapsProblem, ...rest }: AttentionPageProps) {
  const { strings, post } = rest;
  const { attention, view, trusted, problem } = state;
  return (
    <>
      <h1 class="file-name">{state.fileName}</h1>
      {!trusted && (
        <div class="row" role="status">
          <span>{strings.untrusted}</span>
          <Button onClick={() => post({ type: 'manageTrust' })}>{strings.manageTrust}</Button>
        </div>
      )}
      {(problem ?? mapsProblem) && (
        <div class="row problem" role="alert">
          <span>{problem ?? mapsProblem}</span>
          <Button onClick={() => post({ type: 'reload' })}>{strings.retry}</Button>
        </div>
      )}
      {view === 'maps' && attention && picture ? (
        <>
          <p class="prompt">{attention.prompt}</p>
          <MapsView {...rest} attention={attention} picture={picture} />
        </>
      ) : (
        <div class="stage">
          {picture && <PlainPicture picture={picture} label={strings.pictureAlt} />}
          <div class="side">
            {view === 'loading' && trusted && !problem && <ProgressBar label={strings.loading} />}
            {view === 'looking' && (
              <>
                <p role="status">{strings.looking}</p>
                <ProgressBar label={strings.looking} />
                <Button onClick={() => post({ type: 'cancel' })}>{strings.cancel}</Button>
              </>
            )}
            {view === 'form' && trusted && (
              <LookForm strings={strings} form={state.form} canGoBack={attention !== undefined} post={post} />
            )}
          </div>
        </div>
      )}
    </>
  );
}

function PlainPicture({ picture, label }: { picture: ImageBitmap; label: string }) {
  const drawing = {
    picture,
    size: renderSize(picture, 'screen'),
    maps: { tokens: 0, height: 0, width: 0, data: new Float32Array() },
    targets: [],
    words: [],
    look: { style: 'heat', opacity: 0, threshold: 0, scale: 'own' },
  } as const;
  return (
    <figure>
      <OverlayCanvas drawing={drawing} label={label} />
    </figure>
  );
}
