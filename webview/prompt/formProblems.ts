import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { MOST_REQUESTS, type ComparePlan, type PlanProblem } from '../../src/common/webview/promptCompare';
import { formLimits, type ModelFacts, type PromptForm } from '../../src/common/webview/promptForm';
import { formSeeds, type ListProblem } from '../../src/common/webview/promptSeeds';
import { formatText } from '../ui/formatText';

/** What stops a request, by field. */
export interface FormProblems {
  prompt?: string;
  model?: string;
  width?: string;
  height?: string;
  seeds?: string;
}

/** Looks at a form before it is sent; the runtime checks again. */
export function formProblems(
  form: PromptForm,
  { hasModel, facts, strings }: { hasModel: boolean; facts: ModelFacts | undefined; strings: PromptStrings },
): FormProblems {
  const multiple = facts?.sizeMultiple ?? 1;
  const side = (value: number) => (value % multiple === 0 ? undefined : formatText(strings.multipleOf, multiple));
  const seeds = formSeeds(form);
  return dropEmpty({
    prompt: form.prompt.trim() === '' ? strings.problemNoPrompt : undefined,
    model: hasModel ? undefined : strings.modelGone,
    width: side(form.width),
    height: side(form.height),
    seeds: 'problem' in seeds ? listProblem(seeds.problem, seeds.at, strings) : undefined,
  });
}

/** The sentence for a list that cannot be read. */
export function listProblem(
  problem: ListProblem,
  at: string,
  strings: PromptStrings,
  most: number = formLimits.pictures.max,
): string {
  switch (problem) {
    case 'empty':
      return strings.problemEmpty;
    case 'notNumber':
      return formatText(strings.problemNotNumber, at);
    case 'outOfRange':
      return formatText(strings.problemOutOfRange, at);
    case 'backwards':
      return formatText(strings.problemBackwards, at);
    case 'tooMany':
      return formatText(strings.problemTooMany, most);
  }
}

/** The sentence for a comparison that cannot be planned, and nothing for one that can. */
export function planProblem(plan: ComparePlan | PlanProblem, strings: PromptStrings): string | undefined {
  if (!('problem' in plan)) return undefined;
  switch (plan.problem) {
    case 'sameAxis':
      return strings.problemSameAxis;
    case 'nothingChosen':
      return strings.problemNothingChosen;
    case 'tooManySettings':
      return formatText(strings.problemTooManySettings, plan.at);
    case 'noAxis':
      return strings.problemNoAxis;
    default:
      return listProblem(
        plan.problem,
        plan.at,
        strings,
        plan.axis === 'seeds' ? formLimits.pictures.max : MOST_REQUESTS,
      );
  }
}

function dropEmpty(problems: { [K in keyof FormProblems]: string | undefined }): FormProblems {
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== undefined)) as FormProblems;
}
