import { apply1, integers, type Tensor } from '../tensor';
import { abs, add, cast, less, mul } from './elementwise';
import { reshape, slice } from './layout';

/**
 * A zero of int64 [1] that does not exist before the tensors do: read from them in a way that no optimiser sees through, and
 * zero for values that are not finite as well.
 */
export function readiness(tensors: readonly Tensor[]): Tensor {
  const firsts = tensors.map((x) => cast(slice(reshape(x, [-1]), 0, 0, 1), 'float32'));
  const sum = firsts.reduce((all, first) => add(all, first));
  return cast(less(abs(sum), -1), 'int64');
}

/**
 * `x` itself, bit for bit, for nodes that must not run before `ready` is there. A runtime takes it for another tensor than `x`:
 * what is computed from it again is not merged with what was computed from `x`.
 */
export function after(x: Tensor, ready: Tensor): Tensor {
  if (x.rank === 0) return x;
  // −0 changes no number, not even −0; the sum takes the place of `x` when nothing reads that any more.
  if (x.dtype === 'float32') return add(x, mul(cast(ready, 'float32'), -1));
  // Not for every dtype there is a sum on every device, but there is always a view in a shape that depends on something. Two
  // views in a row would be merged into one without it.
  return apply1('Reshape', [x, add(integers(x.shape), ready)], x.shape);
}
