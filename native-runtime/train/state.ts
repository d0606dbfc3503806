import { ProductError } from '../../src/common/errors';
import type { DeviceTensors, Feeds, Session, Values } from '../device/session';
import { readTensors } from '../device/transfer';
import { float32, type TensorData } from '../tensorData';
import { carveFloats } from './carveFloats';
import { gradientOutput, HostGradients } from './hostGradients';
import { updateOnHost } from './hostOptimizer';
import { isModifierRows } from './modifierRows';
import { biasCorrections, type OptimizerSettings } from './optimizer';

/**
 * Trained weights with their Adam moments and the number of updates done. Where steps run on another device than the processor,
 * the newest values lie there and the ones here are out of date until `toHost`.
 */
export class TrainState {
  /** Inputs of the step graph in a device's memory, with the session that made them. */
  private resident?: { session: Session; tensors: DeviceTensors };
  private outdated = false;
  /** Where weights are updated outside the graph. */
  private gradients?: HostGradients;

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
    return shapesOf(this.hostWeights);
  }

  /** Fresh moments for these weights, which are copied: a state is changed in place. */
  static start(weights: ReadonlyMap<string, TensorData>): TrainState {
    const shapes = shapesOf(weights);
    const copies = carveFloats(shapes);
    for (const [name, { data }] of weights) floatsOf(copies, name).set(data as Float32Array);
    return new TrainState(copies, carveFloats(shapes), carveFloats(shapes), 0);
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
   * Runs a step graph and updates the state: with the gradients that it gives, together with those that were accumulated, or by taking
   * over the state that it computed, which stays on the session's device if it keeps it. Returns the other outputs.
   */
  async update(session: Session, feeds: Feeds, settings: OptimizerSettings): Promise<Values> {
    const into = this.gradientsOf(session);
    const { values, kept } = await session.runKeeping({ ...feeds, ...this.feeds(settings) }, into);
    return into ? this.descend(values, feeds, settings) : this.takeOver(session, values, kept);
  }

  /** Runs a step graph that gives gradients, and only adds them to those of the update to come. Returns the other outputs. */
  async accumulate(session: Session, feeds: Feeds, settings: OptimizerSettings): Promise<Values> {
    const { values } = await session.runKeeping({ ...feeds, ...this.feeds(settings) }, this.gradientsOf(session));
    this.gradients?.add();
    return values;
  }

  /** Where the gradients of a graph go that gives such. */
  private gradientsOf(session: Session): Values | undefined {
    const [first] = this.hostWeights.keys();
    if (first === undefined || !session.outputNames.includes(gradientOutput(first))) return undefined;
    this.gradients ??= new HostGradients(this.shapes);
    return this.gradients.outputs;
  }

  private descend(results: Values, feeds: Feeds, settings: OptimizerSettings): Values {
    const gradients = this.gradients!.mean();
    const trainables = [...this.hostWeights.keys()].map((name) => ({
      weight: floatsOf(this.hostWeights, name),
      m: floatsOf(this.hostM, name),
      v: floatsOf(this.hostV, name),
      gradient: floatsOf(gradients, name),
      learningRate: scalarOf(feeds as Values, isModifierRows(name) ? 'modifierLearningRate' : 'learningRate'),
    }));
    const corrections = biasCorrections(settings, this.updates + 1);
    const { gradientNorm, applied } = updateOnHost(trainables, scalarOf(results, 'loss'), settings, corrections);
    if (applied) this.updates++;
    const { loss, rowLosses } = results as { loss: TensorData; rowLosses: TensorData };
    return { loss, rowLosses, gradientNorm: float32([], [gradientNorm]), applied: float32([], [applied ? 1 : 0]) };
  }

  private takeOver(session: Session, values: Values, kept: DeviceTensors): Values {
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

function shapesOf(weights: ReadonlyMap<string, TensorData>): Map<string, readonly number[]> {
  return new Map([...weights].map(([name, { shape }]) => [name, shape]));
}

function floatsOf(map: ReadonlyMap<string, TensorData>, name: string): Float32Array {
  return map.get(name)!.data as Float32Array;
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
