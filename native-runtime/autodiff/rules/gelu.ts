import { add, erf, exp, mul, sub } from '../../graph/operators/elementwise';
import type { Tensor } from '../../graph/tensor';

/** Φ of each tensor that a gradient asked for: the slope of a gate and the gate itself read the same one. */
const known = new WeakMap<Tensor, Tensor>();

/** Φ(x), the share of a normal distribution below x: (1 + erf(x/√2))/2. */
function normalShare(x: Tensor): Tensor {
  const share = known.get(x) ?? add(mul(erf(mul(x, Math.SQRT1_2)), 0.5), 0.5);
  known.set(x, share);
  return share;
}

/** d/dx x·Φ(x) = Φ(x) + x·φ(x), where x·φ(x) = t·e^(−t²)/√π with t = x/√2. The factor is in the exponent: a pass less. */
export function geluSlope(x: Tensor): Tensor {
  const t = mul(x, Math.SQRT1_2);
  const density = mul(t, exp(sub(-Math.log(Math.PI) / 2, mul(t, t))));
  return add(normalShare(x), density);
}

/**
 * What a gradient reads instead of a factor of a product. The GELU of a gate is made again from its input, which is kept anyway: one
 * pass more, as its Φ is needed for its slope as well, and the largest results of a block are not kept (docs/performance.md).
 */
export function computedAgain(factor: Tensor): Tensor {
  if (factor.source.kind !== 'node' || factor.source.node.op !== 'Gelu') return factor;
  const gate = factor.source.node.inputs[0]!;
  return mul(gate, normalShare(gate));
}
