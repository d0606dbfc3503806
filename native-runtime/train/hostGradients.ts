import type { Values } from '../device/session';
import type { TensorData } from '../tensorData';
import { carveFloats } from './carveFloats';

/** A graph output that holds the gradient of a trained tensor. */
export const gradientOutput = (name: string) => `gradient.${name}`;

/**
 * Gradients outside the graph. Every run writes them into the same memory: new tensors in every step would leave holes in the heap,
 * since they outlive everything else that a run makes (docs/performance.md).
 */
export class HostGradients {
  /** Where a graph is to put its outputs. */
  readonly outputs: Values;
  private readonly written: ReadonlyMap<string, TensorData>;
  private sums?: ReadonlyMap<string, TensorData>;
  private batches = 0;

  /** Gradients of trained tensors of these shapes. */
  constructor(private readonly shapes: ReadonlyMap<string, readonly number[]>) {
    this.written = carveFloats(shapes);
    this.outputs = Object.fromEntries([...this.written].map(([name, tensor]) => [gradientOutput(name), tensor]));
  }

  /** Adds what a graph wrote to the sum of an update with more batches to come. */
  add(): void {
    this.sums ??= carveFloats(this.shapes);
    for (const [name, { data }] of this.written) {
      const [sum, more] = [floats(this.sums.get(name)!), data as Float32Array];
      for (let i = 0; i < sum.length; i++) sum[i] = this.batches ? sum[i]! + more[i]! : more[i]!;
    }
    this.batches++;
  }

  /** The mean over the batches of an update, with what a graph wrote last as the last of them. The next sum starts from nothing. */
  mean(): ReadonlyMap<string, TensorData> {
    if (!this.batches) return this.written;
    this.add();
    const share = 1 / this.batches;
    for (const sum of this.sums!.values()) {
      const values = floats(sum);
      for (let i = 0; i < values.length; i++) values[i]! *= share;
    }
    this.batches = 0;
    return this.sums!;
  }
}

const floats = ({ data }: TensorData) => data as Float32Array;
