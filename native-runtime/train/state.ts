import { ProductError } from '../../src/common/errors';
import type { DeviceTensors, Feeds, Session, Values } from '../device/session';
import { readTensors } from '../device/transfer';
import { float32, type TensorData } from '../tensorData';
import { biasCorrections, type OptimizerSettings } from './optimizer';

/**
 * Trained weights with their Adam moments and the number of updates done. Where steps run on another device than the processor,
 * the newest values lie there and the ones here are out of date until `toHost`.
 */
export class TrainState {
  /** Inputs of the step graph in a device's memory, with the session that made them. */
  private resident?: { session: Session; tensors: DeviceTensors };
  private outdated = false;

  private constructor(
    private readonly hostWeights: Map<string, TensorData>,
    private readonly hostM: Map<string, TensorData>,
    private readonly hostV: Map<string, TensorData>,
    /** Updates applied so far. */
    public updates: number,
  ) {}

  /** The trained tensors by name. @throws ProductError `internal` before `toHost` when the newest are on a device. */
  get weights(): Map<string, TensorData> {
    return this.upToDate(this.hostWeights);
  }

  /** The first moments. @throws as `weights` */
  get m(): Map<string, TensorData> {
    return this.upToDate(this.hostM);
  }

  /** The second moments. @throws as `weights` */
  get v(): Map<string, TensorData> {
    return this.upToDate(this.hostV);
  }

  /** Shapes of what is trained. */
  get shapes(): ReadonlyMap<string, readonly number[]> {
    return new Map([...this.hostWeights].map(([name, { shape }]) => [name, shape]));
  }

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
  feeds(settings: OptimizerSettings): Feeds {
    const values: Feeds = {};
    for (const [kind, map] of [
      ['weight', this.hostWeights],
      ['m', this.hostM],
      ['v', this.hostV],
    ] as const)
      for (const [name, tensor] of map) values[`${kind}.${name}`] = tensor;
    Object.assign(values, this.resident?.tensors);
    const { correction1, correction2 } = biasCorrections(settings, this.updates + 1);
    values.correction1 = float32([], [correction1]);
    values.correction2 = float32([], [correction2]);
    return values;
  }

  /**
   * Runs one update of a step graph and takes over its results, which stay on the session's device if it keeps them. Returns
   * the other outputs.
   */
  async update(session: Session, feeds: Feeds, settings: OptimizerSettings): Promise<Values> {
    const { values, kept } = await session.runKeeping({ ...feeds, ...this.feeds(settings) });
    const rest: Values = {};
    for (const [name, tensor] of Object.entries(values)) {
      const [, kind, key] = statePart.exec(name) ?? [];
      if (kind) this.part(kind).set(key!, tensor);
      else rest[name] = tensor;
    }
    this.takeKept(session, kept);
    if (rest.applied!.data[0] === 1) this.updates++;
    return rest;
  }

  /** Copies what is newer on a device, so that it can be read here. */
  async toHost(): Promise<void> {
    if (!this.outdated || !this.resident) return;
    const values = await readTensors(this.resident.tensors);
    for (const [name, tensor] of Object.entries(values)) {
      const at = name.indexOf('.');
      this.part(name.slice(0, at)).set(name.slice(at + 1), tensor);
    }
    this.outdated = false;
  }

  private takeKept(session: Session, kept: DeviceTensors): void {
    const tensors = Object.fromEntries(
      Object.entries(kept).map(([name, tensor]) => [name.slice('next.'.length), tensor]),
    );
    if (!Object.keys(tensors).length) return;
    this.resident?.session.free(Object.values(this.resident.tensors));
    this.resident = { session, tensors };
    this.outdated = true;
  }

  private upToDate<T>(part: T): T {
    if (this.outdated) throw new ProductError('internal', '', 'the newest state is on the device');
    return part;
  }

  private part(kind: string): Map<string, TensorData> {
    return kind === 'weight' ? this.hostWeights : kind === 'm' ? this.hostM : this.hostV;
  }
}

/** An output of a step graph that is part of the next state. */
const statePart = /^next\.(weight|m|v)\.(.*)$/s;

/** Whether an output of a step graph is state, or a sum of gradients, for the next run. */
export const isNext = (name: string) => /^next\.(weight|m|v|sum)\./.test(name);

/** A scalar result as a number. */
export function scalarOf(values: Values, name: string): number {
  const tensor = values[name];
  if (!tensor) throw new ProductError('internal', name, 'missing graph output');
  return Number(tensor.data[0]);
}
