import { ProductError } from '../common/errors';
import type { PictureRequest } from '../common/protocol/sampling';
import { planComparison, type AxisWords, type PlannedSettings } from '../common/webview/promptCompare';
import type { ModelOption, PromptForm } from '../common/webview/promptForm';
import { formSeeds } from '../common/webview/promptSeeds';
import type { PictureOrder } from '../pictures/pictureMaker';
import { modelChoiceOf } from './promptModels';

/** How the host says what is wrong with a form; the page has said so already. */
export interface OrderWords extends AxisWords {
  unreadable: (field: string) => string;
  modelGone: string;
  comparison: (rows: string, columns: string) => string;
}

/** The order of a form's pictures. @throws ProductError `bad-input` naming the field */
export function generateOrder(form: PromptForm, models: readonly ModelOption[], words: OrderWords): PictureOrder {
  const model = models.find(({ id }) => id === form.model);
  if (!model) throw new ProductError('not-found', 'model', words.modelGone);
  const seeds = formSeeds(form);
  if ('problem' in seeds) throw new ProductError('bad-input', 'seeds', words.unreadable(seeds.at));
  const settings: PlannedSettings = { ...form, model };
  return {
    start: {
      title: form.prompt,
      kind: 'pictures',
      rows: [],
      columns: [],
      total: seeds.values.length,
      form,
    },
    work: {
      kind: 'generate',
      params: { model: modelChoiceOf(model, form.strength), request: requestOf(form, settings, seeds.values) },
    },
  };
}

/** The order of a form's comparison. @throws ProductError `bad-input` when there is none */
export function compareOrder(form: PromptForm, models: readonly ModelOption[], words: OrderWords): PictureOrder {
  const plan = planComparison(form, models, words);
  if ('problem' in plan) throw new ProductError('bad-input', 'compare', words.unreadable(plan.at));
  const title = form.prompt || words.comparison(plan.rowKind, plan.columnKind);
  return {
    start: { title, kind: 'comparison', rows: plan.rows, columns: plan.columns, total: plan.cells, form },
    work: {
      kind: 'compare',
      params: {
        title: title.slice(0, 500),
        rows: plan.requests.map(({ label, settings, seeds }) => ({
          label,
          model: modelChoiceOf(settings.model, settings.strength),
          request: requestOf(form, settings, seeds),
        })),
      },
      placeOf: (row, column) => plan.requests[row]?.places[column],
    },
  };
}

function requestOf(form: PromptForm, settings: PlannedSettings, seeds: number[]): PictureRequest {
  return {
    prompt: settings.prompt,
    negativePrompt: form.negativePrompt,
    seeds,
    width: form.width,
    height: form.height,
    steps: settings.steps,
    scheduler: settings.sampler,
    guidanceScale: settings.guidance,
    captureAttention: form.captureAttention,
  };
}
