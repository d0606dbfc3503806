import { float32ToFloat16 } from '../formats/halfFloat';
import type { Dtype } from '../tensorData';
import { sortNodes } from './nodeOrder';
import { cast } from './operators/elementwise';
import { apply, constant, type Node, type Tensor } from './tensor';

/** Operators whose time is in their products: always in 16 bits, with sums in 32 bits inside on processors made for it. */
const products = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'MultiHeadAttention']);

/** Operators that do as well in 16 bits when everything they read is: they move values, or change each by little. */
const followers = new Set([
  ...['Add', 'Sub', 'Mul', 'Neg', 'Where', 'Sigmoid', 'Tanh', 'Gelu', 'QuickGelu'],
  ...['Reshape', 'Transpose', 'Concat', 'Slice', 'Split', 'Expand', 'Pad', 'Resize', 'AveragePool', 'MaskGradient'],
]);

/** Computed in 32 bits, but what they give is fit for 16: normalised values and probabilities. */
const narrowing = new Set(['LayerNormalization', 'Softmax']);

/** The largest number of 16 bits; masks of attention are larger and mean no more than "not at all". */
const LARGEST_HALF = 65504;

/**
 * The same values computed in mixed precision: products in 16 bits; norms, softmax, sums, exponentials, losses and everything else in
 * 32. The results keep their type, and what is fed stays in 32 bits, so weights that are trained keep 32 bits, too. Frozen weights that
 * lie in their file in 16 bits are used as they are.
 * @param weights inputs that are weights: they are read in the width of what they meet, as constants and frozen weights are
 */
export function inMixedPrecision(results: readonly Tensor[], weights: readonly Tensor[]): Tensor[] {
  return new Mixer(weights).rewrite(results);
}

class Mixer {
  /** What takes a tensor's place, in either width; the other one is made when it is wanted. */
  private readonly full = new Map<Tensor, Tensor>();
  private readonly half = new Map<Tensor, Tensor>();
  /** Tensors that are best read in 16 bits. */
  private readonly narrow = new Set<Tensor>();
  /** Weights, constants, and what only depends on them. */
  private readonly fixed: Set<Tensor>;

  constructor(weights: readonly Tensor[]) {
    this.fixed = new Set(weights);
  }

  rewrite(results: readonly Tensor[]): Tensor[] {
    for (const node of sortNodes(results)) this.take(node);
    return results.map((tensor) => this.read(tensor, 'float32'));
  }

  private take(node: Node): void {
    const width = this.widthOf(node);
    const inputs = node.inputs.map((x) => x && this.read(x, width));
    const outputs = node.outputs.map(({ shape, dtype }) => ({ shape, dtype: dtype === 'float32' ? width : dtype }));
    const made = apply(node.op, inputs, outputs, node.attributes, node.domain);
    const isFixed = node.inputs.every((x) => !x || this.isFixed(x));
    node.outputs.forEach((old, i) => {
      if (isFixed) this.fixed.add(old);
      const tensor = made[i]!;
      (tensor.dtype === 'float16' ? this.half : this.full).set(old, tensor);
      if (tensor.dtype === 'float16' || (narrowing.has(node.op) && i === 0)) this.narrow.add(old);
    });
  }

  private widthOf({ op, inputs, outputs }: Node): 'float16' | 'float32' {
    if (!outputs.some(({ dtype }) => dtype === 'float32')) return 'float32';
    if (products.has(op)) return 'float16';
    if (!followers.has(op)) return 'float32';
    const computed = inputs.filter((x) => x?.dtype === 'float32' && !this.isFixed(x));
    return computed.length > 0 && computed.every((x) => this.narrow.has(x!)) ? 'float16' : 'float32';
  }

  private isFixed(tensor: Tensor): boolean {
    return ['constant', 'file'].includes(tensor.source.kind) || this.fixed.has(tensor);
  }

  /** A tensor in the width that its reader works in; whole numbers and truth values as they are. */
  private read(tensor: Tensor, width: 'float16' | 'float32'): Tensor {
    const taken = this.full.get(tensor) ?? this.half.get(tensor) ?? tensor;
    if (tensor.dtype !== 'float32') return taken;
    const known = (width === 'float16' ? this.half : this.full).get(tensor);
    if (known) return known;
    const made = inWidth(taken, width);
    (width === 'float16' ? this.half : this.full).set(tensor, made);
    return made;
  }
}

function inWidth(tensor: Tensor, width: Dtype): Tensor {
  if (tensor.dtype === width) return tensor;
  const { source } = tensor;
  if (width === 'float16' && source.kind === 'constant' && tensor.dtype === 'float32') {
    const values = (source.data.data as Float32Array).map((x) => Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, x)));
    return constant({ dtype: 'float16', shape: tensor.shape, data: float32ToFloat16(values) });
  }
  const stored = storedHalf(tensor);
  return width === 'float16' && stored ? stored : cast(tensor, width);
}

/** The weight in 16 bits that a tensor is only the wider form of. */
function storedHalf({ source }: Tensor): Tensor | undefined {
  const origin = source.kind === 'node' && source.node.op === 'Cast' ? source.node.inputs[0] : undefined;
  return origin?.dtype === 'float16' ? origin : undefined;
}
