import type { ComponentChildren } from 'preact';
import type { PictureAttention } from '../../src/common/protocol/attention';
import type { AttentionStrings } from '../../src/common/webview/attentionStrings';
import { Dropdown } from '../ui/Dropdown';
import { formatText } from '../ui/formatText';
import { Slider } from '../ui/Slider';
import type { Look } from './drawing';
import { shortLayer } from './layerNames';

/** Which maps are shown: the mean of all, those of one layer, or those of one step from 1. */
export interface MapChoice {
  layer?: string;
  step?: number;
}

/** The overlay's controls. */
export interface LookControlsProps {
  strings: AttentionStrings;
  attention: PictureAttention;
  look: Look;
  onLook: (change: Partial<Look>) => void;
  choice: MapChoice;
  onChoice: (choice: MapChoice) => void;
}

/** Style, strength, scale, and which layer or step. */
export function LookControls({ strings, attention, look, onLook, choice, onChoice }: LookControlsProps) {
  const { layers, steps } = attention;
  return (
    <div class="controls">
      <Dropdown
        label={strings.style}
        value={look.style}
        options={[
          { value: 'heat', label: strings.styleHeat },
          { value: 'mask', label: strings.styleMask },
          { value: 'contour', label: strings.styleContour },
        ]}
        onChange={(style) => onLook({ style: style as Look['style'] })}
      />
      <Dropdown
        label={strings.scale}
        value={look.scale}
        options={[
          { value: 'own', label: strings.scaleOwn },
          { value: 'common', label: strings.scaleCommon },
        ]}
        onChange={(scale) => onLook({ scale: scale as Look['scale'] })}
        hint={look.scale === 'own' ? strings.scaleOwnHint : strings.scaleCommonHint}
      />
      <Percentage label={strings.opacity} value={look.opacity} onInput={(opacity) => onLook({ opacity })} />
      {look.style === 'mask' && (
        <Percentage
          label={strings.threshold}
          value={look.threshold}
          onInput={(threshold) => onLook({ threshold })}
          hint={strings.thresholdHint}
        />
      )}
      {layers.length > 0 && (
        <Dropdown
          label={strings.layer}
          value={choice.layer ?? ''}
          options={[
            { value: '', label: strings.allLayers },
            ...layers.map((layer) => ({ value: layer, label: shortLayer(layer) })),
          ]}
          onChange={(layer) => onChoice(layer ? { layer } : {})}
        />
      )}
      {steps > 0 && (
        <Labelled label={strings.step} value={stepText(choice.step, steps, strings)}>
          <Slider
            label={strings.step}
            value={choice.step ?? 0}
            min={0}
            max={steps}
            step={1}
            onInput={(step) => onChoice(step > 0 ? { step } : {})}
            valueText={stepText(choice.step, steps, strings)}
          />
        </Labelled>
      )}
    </div>
  );
}

function Percentage(props: { label: string; value: number; onInput: (value: number) => void; hint?: string }) {
  const text = `${Math.round(100 * props.value)} %`;
  return (
    <Labelled label={props.label} value={text} hint={props.hint}>
      <Slider
        label={props.label}
        value={Math.round(100 * props.value)}
        min={0}
        max={100}
        step={1}
        onInput={(value) => props.onInput(value / 100)}
        valueText={text}
      />
    </Labelled>
  );
}

function Labelled(props: { label: string; value: string; hint?: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <span>
        {props.label}: <span class="number">{props.value}</span>
      </span>
      {props.children}
      {props.hint && <span class="note">{props.hint}</span>}
    </div>
  );
}

function stepText(step: number | undefined, steps: number, strings: AttentionStrings): string {
  return step === undefined ? strings.allSteps : formatText(strings.stepOf, step, steps);
}
