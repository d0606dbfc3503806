import { add, mul, neg, sub } from '../../graph/operators/elementwise';
import { reshape } from '../../graph/operators/layout';
import { gemm } from '../../graph/operators/matrix';
import { reduceSum } from '../../graph/operators/reduce';
import type { Tensor } from '../../graph/tensor';
import { elementCount } from '../../tensorData';
import { rule, type Rule } from '../rule';

/** Rules of the normalisations. */
export const normaliseRules: Record<string, Rule> = {
  // With g = dy·scale: dx = r·(g − mean(g) − x̂·mean(g·x̂)), written as r·g + b·x + c with one b and c per row, so that
  // x̂ itself is never formed again.
  LayerNormalization: rule(({ node, inputs: [x, scale], grad }) => {
    const [, mean, r] = node.outputs as [Tensor, Tensor, Tensor];
    const width = x!.dim(-1);
    const rows = elementCount(x!.shape) / width;
    const flat = (t: Tensor) => reshape(t, [rows, -1]);
    const column = reshape(scale!, [width, 1]);
    const normalised = () => mul(sub(x!, mean), r);
    return [
      () => {
        const sumG = gemm(flat(grad), column);
        const sumGx = gemm(flat(mul(grad, x!)), column);
        const sumGxHat = mul(flat(r), sub(sumGx, mul(flat(mean), sumG)));
        const b = mul(neg(mul(mul(flat(r), flat(r)), sumGxHat)), 1 / width);
        const c = sub(neg(mul(b, flat(mean))), mul(mul(flat(r), sumG), 1 / width));
        const gained = mul(mul(flat(grad), reshape(scale!, [1, width])), flat(r));
        return reshape(add(gained, add(mul(flat(x!), b), c)), x!.shape);
      },
      (input) => reshape(reduceSum(flat(mul(grad, normalised())), [0]), input.shape),
      (input) => reshape(reduceSum(flat(grad), [0]), input.shape),
    ];
  }),
};
