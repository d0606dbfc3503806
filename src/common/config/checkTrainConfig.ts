import { ProductError } from '../errors';
import { nearestResolution, resolutionLimits } from './configLimits';
import { schemaProblems, type ConfigProblem } from './schemaProblems';
import { trainConfigSchema, type TrainConfig } from './trainConfig';
import { defaultsFor } from './trainDefaults';

/**
 * Everything wrong with a configuration, for an editor's list of problems: the schema first, and once that holds,
 * the rules between fields.
 * @param resolutionMultiple what the base model needs the resolution to be a multiple of, in pixels
 */
export function findConfigProblems(value: unknown, resolutionMultiple = resolutionLimits.multiple): ConfigProblem[] {
  const problems = schemaProblems(trainConfigSchema, value);
  if (problems.length > 0) return problems;
  const config = value as TrainConfig;
  return [
    ...resolutionProblems(config, resolutionMultiple),
    ...tokenProblems(config),
    ...priorProblems(config),
    ...scheduleProblems(config),
  ];
}

/**
 * The same value, known to be a valid configuration.
 * @throws ProductError `bad-config` at the JSON path of the first problem.
 */
export function checkTrainConfig(value: unknown, resolutionMultiple?: number): TrainConfig {
  const problems = findConfigProblems(value, resolutionMultiple);
  const [first] = problems;
  if (!first) return value as TrainConfig;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more in this document)` : '';
  throw new ProductError('bad-config', first.path || 'configuration', first.problem + more, first.remedy);
}

function resolutionProblems({ resolution }: TrainConfig, multiple: number): ConfigProblem[] {
  if (resolution === undefined) return [];
  const nearest = nearestResolution(resolution, multiple);
  if (nearest === resolution) return [];
  const { smallest, largest } = resolutionLimits;
  const problem = `${resolution} is not a multiple of ${multiple} between ${smallest} and ${largest}`;
  return [{ path: 'resolution', problem, remedy: `The nearest is ${nearest}` }];
}

function tokenProblems({ concepts }: TrainConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  // The tokenizer lower-cases its text, so tokens that differ in case alone would be one.
  const first = new Map<string, number>();
  concepts.forEach(({ modifierToken, template }, i) => {
    if (modifierToken === undefined) return;
    const key = modifierToken.toLowerCase();
    const other = first.get(key);
    if (other === undefined) first.set(key, i);
    else
      problems.push({
        path: `concepts[${i}].modifierToken`,
        problem: `"${modifierToken}" is already the token of concepts[${other}]`,
        remedy: 'Give each concept its own, such as <new1> and <new2>',
      });
    if (template?.toLowerCase().includes(key))
      problems.push({
        path: `concepts[${i}].template`,
        problem: `"${modifierToken}" is put in the place of {} together with the class noun`,
        remedy: 'Leave it out of the template',
      });
  });
  return problems;
}

function priorProblems({ concepts, priorRows }: TrainConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  concepts.forEach(({ prior }, i) => {
    const path = `concepts[${i}].prior.folder`;
    if (prior?.kind === 'folder' && prior.folder === undefined)
      problems.push({
        path,
        problem: 'is missing',
        remedy: 'Name the folder of prior pictures, or use kind "generated"',
      });
    if (prior?.folder !== undefined && prior.kind !== 'folder')
      problems.push({ path, problem: 'would not be used', remedy: 'Set the kind to "folder", or remove it' });
  });
  if (priorRows && concepts.every(({ prior }) => prior?.kind === 'none'))
    problems.push({
      path: 'priorRows',
      problem: 'no concept has prior pictures to fill these rows',
      remedy: 'Set it to 0, or give a concept a prior',
    });
  return problems;
}

function scheduleProblems({ base, concepts, mode, layers, steps, warmupSteps }: TrainConfig): ConfigProblem[] {
  const allSteps = steps ?? defaultsFor(base, concepts.length).steps;
  const problems: ConfigProblem[] = [];
  if (mode !== undefined && layers !== undefined)
    problems.push({ path: 'layers', problem: 'a mode is chosen as well', remedy: 'Keep either mode or layers' });
  if (warmupSteps !== undefined && warmupSteps >= allSteps)
    problems.push({
      path: 'warmupSteps',
      problem: `${warmupSteps} warm-up steps of ${allSteps} never reach the full learning rate`,
      remedy: 'Use fewer',
    });
  return problems;
}
