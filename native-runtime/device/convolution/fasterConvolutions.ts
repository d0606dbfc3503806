import { fromFile } from '../../graph/fileWeight';
import { leaves } from '../../graph/model';
import { sortNodes } from '../../graph/nodeOrder';
import { OwnGraphs } from '../../graph/operators/ownGraph';
import { turnedKernelOf } from '../../graph/operators/turnedKernel';
import { withInputs, type Node, type Tensor } from '../../graph/tensor';
import { tileCells } from './filtering';
import { winogradConv, type Convolution } from './winogradConv';
import { productConv, productGradient } from './wholeProduct';
import { winogradGradient } from './winogradGradient';

/** From so many cells of all pictures on, transforming the kernel costs less than it saves (docs/performance.md). */
const fewestFiltered = 512;

/** Up to so many cells of all pictures one product for several of them is faster than one for each, or as many transposed ones. */
const mostInProduct = { convolution: 32, gradient: 128 };

/** Not where latents are read or written: for their four channels all this costs more than the products. */
const fewestChannels = 64;

/** The same values but for rounding, with 3×3 convolutions and their gradients computed in the way that is fastest (docs/performance.md). */
export function fasterConvolutions(results: readonly Tensor[]): Tensor[] {
  const fed = [...leaves(results)].find(({ source }) => source.kind === 'input');
  return fed ? new Rewriter(sortNodes(results), new OwnGraphs(fed)).rewrite(results) : [...results];
}

class Rewriter {
  private readonly replaced = new Map<Tensor, Tensor>();
  private readonly found = new Map<Node, Found>();
  /** Kernels that gradients read in other parts than convolutions do. */
  private readonly ofGradients = new Set<Tensor>();

  constructor(
    private readonly nodes: readonly Node[],
    private readonly graphs: OwnGraphs,
  ) {
    for (const node of nodes) {
      const found = convolutionOf(node);
      if (!found) continue;
      this.found.set(node, found);
      if (found.isGradient) this.ofGradients.add(found.kernel);
    }
  }

  rewrite(results: readonly Tensor[]): Tensor[] {
    for (const node of this.nodes) {
      const made =
        this.faster(this.found.get(node)) ??
        withInputs(
          node,
          node.inputs.map((x) => x && this.read(x)),
        );
      made.forEach((output, i) => this.replaced.set(node.outputs[i]!, output));
    }
    return results.map((x) => this.read(x));
  }

  private read(x: Tensor): Tensor {
    return this.replaced.get(x) ?? x;
  }

  private faster(found: Found | undefined): [Tensor] | undefined {
    const way = found && wayOf(found);
    if (!found || !way) return undefined;
    const [x, kernel, bias] = [this.read(found.x), this.read(found.kernel), found.bias && this.read(found.bias)];
    const kernelInPlace = way === 'filtering' && fromFile(kernel) && !this.ofGradients.has(found.kernel);
    const reads = [x, ...(kernelInPlace ? [] : [kernel]), ...(bias ? [bias] : [])];
    const { convolve, gradient } = ways[way];
    const made = this.graphs.compute(reads, (inside) =>
      found.isGradient
        ? gradient(inside(x), inside(kernel))
        : convolve({ x: inside(x), kernel: inside(kernel), bias: bias && inside(bias), kernelInPlace }),
    );
    return [made];
  }
}

interface Way {
  convolve: (convolution: Convolution) => Tensor;
  gradient: (grad: Tensor, kernel: Tensor) => Tensor;
}

const ways: Record<'filtering' | 'product', Way> = {
  filtering: {
    convolve: (convolution) => winogradConv(convolution),
    gradient: (grad, kernel) => winogradGradient(grad, kernel),
  },
  product: { convolve: productConv, gradient: productGradient },
};

interface Found extends Convolution {
  /** The kernel is that of the convolution whose input's gradient this is. */
  isGradient: boolean;
}

/** The 3×3 convolution that a node computes, or the gradient of one. */
function convolutionOf({ op, inputs, outputs, attributes }: Node): Found | undefined {
  const { kernel_shape: size, strides, pads, output_padding: extra } = attributes;
  const isPlain = String(size) === '3,3' && String(strides) === '1,1' && String(pads) === '1,1,1,1';
  if (!isPlain || outputs[0]!.dtype !== 'float32') return undefined;
  const [x, kernel, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
  if (op === 'ConvTranspose' && String(extra) === '0,0') return { x, kernel, isGradient: true };
  if (op !== 'Conv') return undefined;
  const turned = bias ? undefined : turnedKernelOf(kernel);
  return turned ? { x, kernel: turned, isGradient: true } : { x, kernel, bias, isGradient: false };
}

/** How a convolution is faster than by its own operator, if it is. */
function wayOf({ x, kernel, isGradient }: Found): keyof typeof ways | undefined {
  if (Math.min(kernel.dim(0), kernel.dim(1)) < fewestChannels) return undefined;
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const cells = batch * height * width;
  if (batch > 1 && cells <= mostInProduct[isGradient ? 'gradient' : 'convolution']) return 'product';
  const hasTiles = height % tileCells === 0 && width % tileCells === 0;
  return hasTiles && cells >= fewestFiltered ? 'filtering' : undefined;
}
