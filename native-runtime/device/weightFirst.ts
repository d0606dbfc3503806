import { reshape, transpose } from '../graph/operators/layout';
import { gemm } from '../graph/operators/matrix';
import { fromFile } from '../graph/fileWeight';
import { sortNodes } from '../graph/nodeOrder';
import { filled, withInputs, type Node, type Tensor } from '../graph/tensor';

/** Up to so many rows the processor multiplies a weight with its input faster than the input with the weight (docs/performance.md). */
const mostRows = 128;

/**
 * The same values, with linear layers of few rows computed as (W·Xᵀ)ᵀ: ONNX Runtime lays the second operand of a product out anew in
 * every run, and here that is the small one.
 */
export function weightFirst(results: readonly Tensor[]): Tensor[] {
  const replaced = new Map<Tensor, Tensor>();
  const read = (x: Tensor | undefined) => x && (replaced.get(x) ?? x);
  for (const node of sortNodes(results)) {
    const inputs = node.inputs.map(read);
    const made = isLinearOfFewRows(node) ? [turned(inputs)] : withInputs(node, inputs);
    node.outputs.forEach((output, i) => replaced.set(output, made[i]!));
  }
  return results.map((x) => read(x)!);
}

function isLinearOfFewRows({ op, inputs, outputs, attributes }: Node): boolean {
  if (op !== 'Gemm' || attributes.transA !== 0 || attributes.transB !== 1) return false;
  return fromFile(inputs[1]!) && outputs[0]!.dim(0) <= mostRows;
}

/** x·wᵀ + bias as (w·xᵀ + bias)ᵀ. A product without anything added would be turned back by ONNX Runtime. */
function turned([x, w, bias]: readonly (Tensor | undefined)[]): Tensor {
  const added = bias ? reshape(bias, [-1, 1]) : filled([1, 1], 0, x!.dtype);
  const product = gemm(w!, x!, added, { transB: true });
  return transpose(product, [1, 0]);
}
