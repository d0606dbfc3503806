import type { RuleCase } from '../../../support/ruleCase';
import { convolveCases, convTransposeCases } from './convolve';
import { comparisonCases, elementwiseCases } from './elementwise';
import { layoutCases } from './layout';
import { matrixCases } from './matrix';
import { reduceCases, statisticCases } from './reduce';

/** For each operator with a gradient rule: what it is proved on. */
export const ruleCases: Readonly<Record<string, readonly RuleCase[]>> = {
  ...elementwiseCases,
  ...layoutCases,
  ...matrixCases,
  ...reduceCases,
  ...convolveCases,
};

/** For each operator, or output of one, that has no gradient: what its value is proved on. */
export const valueCases: Readonly<Record<string, readonly RuleCase[]>> = {
  ...comparisonCases,
  ...statisticCases,
  ...convTransposeCases,
};
