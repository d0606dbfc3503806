import { gradients } from '../autodiff/gradients';
import type { Tensor } from '../graph/tensor';
import type { Weights } from '../nn/weights';
import { trainableInput, type Trainable } from './optimizer';

/** The weights of networks that are trained from nothing: everything a network asks for is a trained tensor. */
export class TrainableWeights {
  private readonly values = new Map<string, Tensor>();

  /** A source of weights for one network; `prefix` keeps the names of several networks apart. */
  source(prefix = ''): Weights {
    return (name, shape) => {
      const full = prefix + name;
      const tensor = this.values.get(full) ?? trainableInput(full, shape);
      this.values.set(full, tensor);
      return tensor;
    };
  }

  /** The names and shapes that were asked for. */
  get shapes(): Map<string, readonly number[]> {
    return new Map([...this.values].map(([name, { shape }]) => [name, shape]));
  }

  /** Every tensor with its gradient of the loss, all at the same learning rate. */
  trainables(loss: Tensor): Trainable[] {
    const slopes = gradients(loss, [...this.values.values()]);
    return [...this.values].map(([name, value], i) => ({
      name,
      value,
      gradient: slopes[i]!,
      learningRate: 'learningRate',
    }));
  }
}
