import { apply, filled, input, type Tensor } from '../tensor';
import { less } from './elementwise';
import { expand } from './layout';
import { readiness } from './order';

/**
 * Computes something in a graph of its own, a branch that is always taken. ONNX Runtime plans its memory for itself: what is made in there is
 * given back when it is done, and does not lengthen the search for memory that the rest of the graph may use again (docs/performance.md).
 */
export class OwnGraphs {
  private readonly taken: Tensor;

  /** @param fed an input of the graph, which keeps the runtime from knowing beforehand that the branch is taken */
  constructor(fed: Tensor) {
    this.taken = less(readiness([fed]), 1);
  }

  /**
   * What `build` computes.
   * @param reads what it reads of the graph around it, besides constants and weights in files
   * @param build is given the stand-in of each of them; of anything else it is the tensor itself
   */
  compute(reads: readonly Tensor[], build: (inside: (x: Tensor) => Tensor) => Tensor): Tensor {
    const standIns = new Map(reads.map((x, i) => [x, input(`read.${i}`, x.shape, x.dtype)]));
    const result = build((x) => standIns.get(x) ?? x);
    const { shape, dtype } = result;
    const [made] = apply('If', [this.taken, ...standIns.keys()], [{ shape, dtype }], {
      then_branch: { reads: [...standIns.values()], result },
      else_branch: { reads: [], result: expand(filled([1], 0, dtype), shape) },
    });
    return made!;
  }
}
