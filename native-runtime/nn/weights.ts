import { ProductError } from '../../src/common/errors';
import { sourceByteOffset, type WeightSource } from '../formats/compvis';
import type { WeightFile } from '../formats/weightFile';
import { cast } from '../graph/operators/elementwise';
import { transpose } from '../graph/operators/layout';
import { fileTensor, filled, input, type Tensor } from '../graph/tensor';
import { bytesPerElement, elementCount } from '../tensorData';

/** Gives a model its weight of a checkpoint name; the shape is what the model's config asks for. */
export type Weights = (name: string, shape: readonly number[]) => Tensor;

/** The weights below a name, as a model's sub-module sees them. */
export function scope(weights: Weights, prefix: string): Weights {
  return (name, shape) => weights(`${prefix}.${name}`, shape);
}

/** Every weight is fed at run time, as in training from scratch. `shapes` collects what the model asked for. */
export function inputWeights(shapes: Map<string, readonly number[]>): Weights {
  const known = new Map<string, Tensor>();
  return (name, shape) => {
    shapes.set(name, shape);
    const tensor = known.get(name) ?? input(name, shape);
    known.set(name, tensor);
    return tensor;
  };
}

/** Where a model's tensor is found in its file; undefined when the file has none. */
export type SourceOf = (name: string) => WeightSource | undefined;

/** A checkpoint file as a source of weights: they stay in the file; half precision is cast in the graph. */
export class FileWeights {
  private readonly problems: string[] = [];
  private readonly built = new Map<string, Tensor>();

  /** @param replaced weights that come from elsewhere: graph inputs being trained, or a delta. */
  constructor(
    private readonly file: WeightFile,
    private readonly sourceOf: SourceOf,
    private readonly replaced: ReadonlyMap<string, Tensor> = new Map(),
  ) {}

  /** The source as a function, for models. */
  readonly get: Weights = (name, shape) => {
    const known = this.built.get(name) ?? this.replaced.get(name);
    if (known) return known;
    const tensor = this.read(name, shape);
    this.built.set(name, tensor);
    return tensor;
  };

  /** @throws ProductError `bad-model` naming the first missing or mis-shaped tensors, once a model asked for all. */
  check(): void {
    if (!this.problems.length) return;
    const shown = this.problems.slice(0, 5).join('; ');
    const more = this.problems.length > 5 ? ` and ${this.problems.length - 5} more` : '';
    const remedy = 'Check that config.json and the weights belong together';
    throw new ProductError('bad-model', this.file.path, `${shown}${more}`, remedy);
  }

  private read(name: string, shape: readonly number[]): Tensor {
    const source = this.sourceOf(name);
    const info = source && this.file.tensors.get(source.name);
    // A placeholder lets the model ask for the rest, so that one message names everything.
    if (!info) return this.problem(`missing tensor ${name} [${shape.join(', ')}]`, shape);
    if (!sameShape(source.shape, shape))
      return this.problem(`${name} is [${source.shape.join(', ')}], expected [${shape.join(', ')}]`, shape);
    if (!['float32', 'float16', 'bfloat16'].includes(info.dtype))
      return this.problem(`${name} is ${info.dtype}`, shape);
    if (info.byteOffset === undefined) return this.problem(`${name} is not stored row by row`, shape);
    const slice = {
      path: this.file.path,
      byteOffset: info.byteOffset + sourceByteOffset(info, source),
      byteLength: elementCount(shape) * bytesPerElement(info.dtype),
    };
    const stored = source.transpose ? [...shape].reverse() : shape;
    const tensor = cast(fileTensor(`${this.file.path}#${name}`, stored, info.dtype, slice), 'float32');
    return source.transpose ? transpose(tensor, [1, 0]) : tensor;
  }

  private problem(text: string, shape: readonly number[]): Tensor {
    this.problems.push(text);
    return filled(shape, 0);
  }
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((d, i) => d === b[i]);
