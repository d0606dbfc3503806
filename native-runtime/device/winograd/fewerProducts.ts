import { leaves } from '../../graph/model';
import { sortNodes } from '../../graph/nodeOrder';
import { readiness } from '../../graph/operators/order';
import { withInputs, type Node, type Tensor } from '../../graph/tensor';
import { tileCells } from './filtering';
import { winogradConv, type Convolution } from './winogradConv';

/** From so many cells of all pictures on, transforming the kernel costs less than it saves (docs/performance.md). */
const fewestCells = 512;

/** Not where latents are read or written: for their four channels the transforms cost more than the products. */
const fewestChannels = 64;

/** The same values but for rounding, with 3×3 convolutions by minimal filtering where that is faster. */
export function fewerProducts(results: readonly Tensor[]): Tensor[] {
  const nodes = sortNodes(results);
  const fed = [...leaves(results)].find(({ source }) => source.kind === 'input');
  if (!fed) return [...results];
  const zero = readiness([fed]);
  const replaced = new Map<Tensor, Tensor>();
  const read = (x: Tensor) => replaced.get(x) ?? x;
  for (const node of nodes) {
    const inputs = node.inputs.map((x) => x && read(x));
    const found = convolutionOf({ ...node, inputs });
    if (!found || !pays(found)) {
      withInputs(node, inputs).forEach((made, i) => replaced.set(node.outputs[i]!, made));
      continue;
    }
    replaced.set(node.outputs[0]!, winogradConv({ ...found, zero }));
  }
  return results.map(read);
}

/** The 3×3 convolution that a node computes. */
function convolutionOf({ op, inputs, outputs, attributes }: Node): Omit<Convolution, 'zero'> | undefined {
  if (op !== 'Conv') return undefined;
  const { kernel_shape: size, strides, pads } = attributes;
  const [x, kernel, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
  const isPlain = String(size) === '3,3' && String(strides) === '1,1' && String(pads) === '1,1,1,1';
  return isPlain && outputs[0]!.dtype === 'float32' ? { x, kernel, bias } : undefined;
}

function pays({ x, kernel }: Omit<Convolution, 'zero'>): boolean {
  const [batch, , height, width] = x.shape as [number, number, number, number];
  if (height % tileCells !== 0 || width % tileCells !== 0) return false;
  return Math.min(kernel.dim(0), kernel.dim(1)) >= fewestChannels && batch * height * width >= fewestCells;
}
