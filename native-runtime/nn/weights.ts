import { ProductError } from '../../src/common/errors';
import type { SafetensorsFile } from '../formats/safetensors';
import { cast } from '../graph/operators/elementwise';
import { fileTensor, filled, input, type Tensor } from '../graph/tensor';
import { elementCount } from '../tensorData';

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

/** A checkpoint file as a source of weights: they stay in the file; half precision is cast in the graph. */
export class FileWeights {
  private readonly problems: string[] = [];
  private readonly built = new Map<string, Tensor>();

  /**
   * @param keyOf the file's key for a model's name, when they differ (single files); undefined means absent.
   * @param replaced weights that come from elsewhere: graph inputs being trained, or a delta.
   */
  constructor(
    private readonly file: SafetensorsFile,
    private readonly keyOf: (name: string) => string | undefined = (name) => name,
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
    throw new ProductError(
      'bad-model',
      this.file.path,
      `${shown}${more}`,
      'Check that config.json and the weights belong together',
    );
  }

  private read(name: string, shape: readonly number[]): Tensor {
    const info = this.file.tensors.get(this.keyOf(name) ?? name);
    // A placeholder lets the model ask for the rest, so that one message names everything.
    if (!info) return this.problem(`missing tensor ${name} [${shape.join(', ')}]`, shape);
    const same = info.shape.length === shape.length && info.shape.every((d, i) => d === shape[i]);
    if (!same && elementCount(info.shape.filter((d) => d !== 1)) !== elementCount(shape.filter((d) => d !== 1)))
      return this.problem(`${name} is [${info.shape.join(', ')}], expected [${shape.join(', ')}]`, shape);
    if (!['float32', 'float16', 'bfloat16'].includes(info.dtype))
      return this.problem(`${name} is ${info.dtype}`, shape);
    const { byteOffset, byteLength } = info;
    return cast(fileTensor(name, shape, info.dtype, { path: this.file.path, byteOffset, byteLength }), 'float32');
  }

  private problem(text: string, shape: readonly number[]): Tensor {
    this.problems.push(text);
    return filled(shape, 0);
  }
}
