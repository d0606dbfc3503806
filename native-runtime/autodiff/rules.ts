import type { Rule } from './rule';
import { convolveRules } from './rules/convolve';
import { elementwiseRules } from './rules/elementwise';
import { layoutRules } from './rules/layout';
import { matrixRules } from './rules/matrix';
import { normaliseRules } from './rules/normalise';
import { reduceRules } from './rules/reduce';

/** The table: ONNX operator → how its inputs' gradients are made of graph nodes. */
export const rules: Readonly<Record<string, Rule>> = {
  ...elementwiseRules,
  ...layoutRules,
  ...matrixRules,
  ...reduceRules,
  ...normaliseRules,
  ...convolveRules,
};
