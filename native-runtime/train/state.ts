import { ProductError } from '../../src/common/errors';
import type { Session, Values } from '../device/session';
import { float32, type TensorData } from '../tensorData';
import { biasCorrections, type OptimizerSettings } from './optimizer';

/** Trained weights with their Adam moments and the number of updates done. */
export class TrainState {
  private constructor(
    readonly weights: Map<string, TensorData>,
    readonly m: Map<string, TensorData>,
    readonly v: Map<string, TensorData>,
    /** Updates applied so far. */
    public updates: number,
  ) {}

  /** Fresh moments for these weights. */
  static start(weights: ReadonlyMap<string, TensorData>): TrainState {
    const zeros = () => new Map([...weights].map(([name, w]) => [name, float32(w.shape)]));
    return new TrainState(new Map(weights), zeros(), zeros(), 0);
  }

  /** A saved state. @throws ProductError `bad-file` when moments are missing. */
  static restore(
    weights: Map<string, TensorData>,
    m: Map<string, TensorData>,
    v: Map<string, TensorData>,
    updates: number,
  ): TrainState {
    for (const name of weights.keys())
      if (!m.has(name) || !v.has(name)) throw new ProductError('bad-file', name, 'its Adam moments are missing');
    return new TrainState(weights, m, v, updates);
  }

  /** The graph inputs that hold the state for the next update. */
  feeds(settings: OptimizerSettings): Values {
    const values: Values = {};
    for (const [kind, map] of [
      ['weight', this.weights],
      ['m', this.m],
      ['v', this.v],
    ] as const)
      for (const [name, tensor] of map) values[`${kind}.${name}`] = tensor;
    const { correction1, correction2 } = biasCorrections(settings, this.updates + 1);
    values.correction1 = float32([], [correction1]);
    values.correction2 = float32([], [correction2]);
    return values;
  }

  /** Runs one update of a step graph and takes over its results. Returns the other outputs. */
  async update(session: Session, feeds: Values, settings: OptimizerSettings): Promise<Values> {
    const results = await session.run({ ...feeds, ...this.feeds(settings) });
    const rest: Values = {};
    for (const [name, tensor] of Object.entries(results)) {
      const [, kind, key] = /^next\.(weight|m|v)\.(.*)$/s.exec(name) ?? [];
      if (kind) this.part(kind).set(key!, tensor);
      else rest[name] = tensor;
    }
    if (rest.applied!.data[0] === 1) this.updates++;
    return rest;
  }

  private part(kind: string): Map<string, TensorData> {
    return kind === 'weight' ? this.weights : kind === 'm' ? this.m : this.v;
  }
}

/** A scalar result as a number. */
export function scalarOf(values: Values, name: string): number {
  const tensor = values[name];
  if (!tensor) throw new ProductError('internal', name, 'missing graph output');
  return Number(tensor.data[0]);
}
