import { pocketBase } from '../common/config/configLimits';
import { defaultsFor } from '../common/config/trainDefaults';
import type { ModelSummary } from '../common/protocol/model';
import { noAxis, type ModelFacts, type ModelOption, type PromptForm } from '../common/webview/promptForm';

/** The form before anything was entered. */
export function defaultForm(base: string): PromptForm {
  const { resolution, sample } = defaultsFor(base, 1);
  return {
    prompt: '',
    negativePrompt: '',
    model: `base:${base}`,
    strength: 1,
    sampler: sample.scheduler,
    steps: sample.steps,
    guidance: sample.guidanceScale,
    seedMode: 'count',
    count: 4,
    firstSeed: 1,
    seedList: '',
    width: resolution,
    height: resolution,
    captureAttention: true,
    compare: { x: { ...noAxis }, y: { ...noAxis } },
  };
}

/** What the form needs to know of a model. */
export function factsOf(option: ModelOption, base: string, summary: ModelSummary): ModelFacts {
  // Small models make pictures in fewer steps, whatever folder they lie in.
  const isSmall = base === pocketBase || summary.resolution < 256;
  const { sample } = defaultsFor(isSmall ? pocketBase : base, 1);
  return {
    id: option.id,
    resolution: summary.resolution,
    sizeMultiple: summary.sizeMultiple,
    steps: sample.steps,
    guidance: sample.guidanceScale,
  };
}

/**
 * What changes in the form when another kind of model is chosen: size, steps and guidance of the model before would not
 * fit. Nothing while models of the same size follow each other.
 */
export function changesFor(form: PromptForm, before: ModelFacts | undefined, facts: ModelFacts): Partial<PromptForm> {
  const fits = form.width % facts.sizeMultiple === 0 && form.height % facts.sizeMultiple === 0;
  if (before ? before.resolution === facts.resolution : fits) return {};
  const { resolution, steps, guidance } = facts;
  return { width: resolution, height: resolution, steps, guidance };
}
