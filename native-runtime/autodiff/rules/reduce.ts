import { mul } from '../../graph/operators/elementwise';
import { expand, reshape } from '../../graph/operators/layout';
import type { Tensor } from '../../graph/tensor';
import { elementCount } from '../../tensorData';
import { constantIntegers, rule, type Rule } from '../rule';

/** Puts back the reduced axes with length 1, then repeats the gradient along them. */
function spread(grad: Tensor, x: Tensor, axes: Tensor): Tensor {
  const reduced = constantIntegers(axes);
  const kept = x.shape.map((d, i) => (reduced.includes(i) ? 1 : d));
  return expand(reshape(grad, kept), x.shape);
}

/** Rules of sums and means. */
export const reduceRules: Record<string, Rule> = {
  ReduceSum: rule(({ inputs: [, axes], grad }) => [(x) => spread(grad, x, axes!), undefined]),
  ReduceMean: rule(({ inputs: [, axes], output, grad }) => [
    (x) => spread(mul(grad, elementCount(output.shape) / elementCount(x.shape)), x, axes!),
    undefined,
  ]),
};
