import { dirname, relative, resolve, sep } from 'node:path';
import { realpathSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import './withoutTelemetry';
import { ProductError } from '../../src/common/errors';
import { leaves, writeModel, type OnnxModel } from '../graph/model';
import type { FileSlice, Tensor } from '../graph/tensor';
import { castWhereRead } from '../graph/weightCasts';
import type { Dtype, TensorData, TypedArray } from '../tensorData';
import { cudaSettings } from './cudaSettings';
import { requireDeviceLimits } from './deviceLimits';
import { DeviceTensor } from './deviceTensor';
import type { DeviceName } from './deviceName';
import { giveBack } from './giveBack';
import { refusal, runFailure } from './runFailure';
import { mayCopyWeights, sessionSettings } from './sessionSettings';
import { forWebgpu, forWebgpuFeed } from './webgpuGraph';
import { webgpuSettings } from './webgpuSettings';
import { weightFirst } from './weightFirst';
import { fasterConvolutions } from './convolution/fasterConvolutions';

/** Values by input or output name. */
export type Values = Record<string, TensorData>;

/** What a graph is fed: values of the host, or such as lie on its device. */
export type Feeds = Record<string, TensorData | DeviceTensor>;

/** Tensors in a device's memory by name. */
export type DeviceTensors = Record<string, DeviceTensor>;

/** How a session uses the machine. */
export interface SessionOptions {
  /** Threads inside one operator; the default is one per core. */
  threads?: number;
  /** Leave small weights where they lie as well, as large ones are. */
  lean?: boolean;
  /** What the graph runs on; the processor if left out. */
  device?: DeviceName;
  /** Graphs that are made for it have their products in 16 bits. */
  mixedPrecision?: boolean;
}

/** Options of one session. */
export interface CreateOptions extends SessionOptions {
  /** Which outputs stay in the device's memory. On the processor and with CUDA all come back as values. */
  keep?: (name: string) => boolean;
  /**
   * Convolutions of large models on the processor may have fewer products, which round in another way. It pays in a UNet, with gradients or
   * without (docs/performance.md).
   */
  fasterConvolutions?: boolean;
  /** Refuses a graph of which CUDA would leave a part to the processor; WebGPU always refuses such. */
  onlyDevice?: boolean;
  /** Changes the written graph before it is compiled, such as into a loop over it. */
  rewrite?: (model: OnnxModel) => OnnxModel;
}

/** What a run gave: values on the host, and what stays on the device. */
export interface RunResults {
  values: Values;
  kept: DeviceTensors;
}

/**
 * The runtime's own tensor of each device tensor. They never leave this file, since three ordinary calls on them end the
 * process: reading one, ending one after its session, and feeding one to a session on the processor.
 */
const ortTensors = new WeakMap<DeviceTensor, OrtTensor>();

/** A compiled graph on a device. The only way to run one. */
export class Session {
  /** What this session made and nobody has freed. */
  private readonly made = new Set<DeviceTensor>();

  private constructor(
    private readonly session: InferenceSession,
    readonly device: DeviceName,
    /** The number of ONNX nodes written. */
    readonly nodeCount: number,
    private readonly isKept: (name: string) => boolean,
  ) {}

  /** Compiles the graph that computes `outputs`. @throws ProductError `device` when the device refuses it. */
  static async create(outputs: Readonly<Record<string, Tensor>>, options: CreateOptions = {}): Promise<Session> {
    // A thread that is ended while the runtime works takes the whole process with it.
    if (!isMainThread) throw new ProductError('internal', '', 'graphs run on the main thread of a process only');
    const { device = 'cpu', keep = () => false } = options;
    // Only WebGPU lets a tensor lie on the device from one run to the next.
    const isKept = device === 'webgpu' ? keep : () => false;
    const weights = fileSlices(Object.values(outputs));
    const weightBytes = weights.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const isMapped = device === 'cpu' && !mayCopyWeights(weightBytes, options.lean);
    const graph = device === 'webgpu' ? forWebgpu(outputs) : isMapped ? forMappedWeights(outputs, options) : outputs;
    const folder = weightFolder(weights);
    const written = writeModel(graph, (path) => relative(folder, realpathSync(path)).split(sep).join('/'));
    const model = options.rewrite?.(written) ?? written;
    await requireDeviceLimits(device, graph);
    try {
      const settings = settingsOf(options, { folder, weightBytes, kept: Object.keys(outputs).filter(isKept) });
      const session = await InferenceSession.create(model.bytes, settings);
      return new Session(session, device, model.nodeCount, isKept);
    } catch (error) {
      throw refusal(device, (error as Error).message);
    }
  }

  /** Runs the graph once. The inputs are only read. */
  async run(feeds: Feeds): Promise<Values> {
    const { values, kept } = await this.runKeeping(feeds);
    if (!Object.keys(kept).length) return values;
    this.free(Object.values(kept));
    throw new ProductError('internal', Object.keys(kept)[0]!, 'this output stays on the device');
  }

  /** The names of what a run gives. */
  get outputNames(): readonly string[] {
    return this.session.outputNames;
  }

  /**
   * Runs the graph once; outputs that the session was told to keep stay on the device.
   * @param into outputs that are written into these tensors, on the processor only; they are among the results
   */
  async runKeeping(feeds: Feeds, into: Values = {}): Promise<RunResults> {
    const inputs: Record<string, OrtTensor> = {};
    for (const name of this.session.inputNames) {
      const value = feeds[name];
      if (!value) throw new ProductError('internal', name, 'missing graph input');
      inputs[name] = this.ortInput(name, value);
    }
    const results = await this.session.run(inputs, this.fetches(into)).catch((error: Error) => {
      throw runFailure(this.device, error.message);
    });
    const values: Values = { ...into };
    const kept: DeviceTensors = {};
    giveBack(copiesOf(results, into));
    for (const [name, tensor] of Object.entries(results)) {
      if (name in into) continue;
      const [dtype, shape] = [tensor.type as Dtype, tensor.dims];
      if (this.isKept(name)) kept[name] = this.hold(new DeviceTensor(dtype, shape, this.device), tensor);
      else values[name] = { dtype, shape, data: tensor.data as TypedArray };
    }
    return { values, kept };
  }

  /** Gives back the memory of tensors that this session made; they are of no use afterwards. */
  free(tensors: Iterable<DeviceTensor>): void {
    for (const tensor of tensors) {
      if (!this.made.delete(tensor)) continue;
      ortTensors.get(tensor)?.dispose();
      ortTensors.delete(tensor);
    }
  }

  /** Frees the device memory, with everything this session made. */
  async release(): Promise<void> {
    this.free([...this.made]);
    await this.session.release();
  }

  /** What the runtime is to make itself, and what it is to write to. */
  private fetches(into: Values): InferenceSession.NullableOnnxValueMapType {
    return Object.fromEntries(
      this.outputNames.map((name) => [name, into[name] ? this.ortInput(name, into[name]) : null]),
    );
  }

  private hold(handle: DeviceTensor, tensor: OrtTensor): DeviceTensor {
    ortTensors.set(handle, tensor);
    this.made.add(handle);
    return handle;
  }

  private ortInput(name: string, value: TensorData | DeviceTensor): OrtTensor {
    if (!(value instanceof DeviceTensor)) {
      const { dtype, data, shape } = this.device === 'webgpu' ? forWebgpuFeed(value) : value;
      return new OrtTensor(ortType(dtype), data as Float32Array, shape as number[]);
    }
    const tensor = ortTensors.get(value);
    if (!tensor) throw new ProductError('internal', name, 'the tensor was freed');
    if (value.device !== this.device)
      throw new ProductError('internal', name, `a tensor of ${value.device} for a graph on ${this.device}`);
    return tensor;
  }
}

/** The runtime copies what it wrote into tensors given to it once more: these copies. */
function copiesOf(results: InferenceSession.OnnxValueMapType, into: Values): TypedArray[] {
  return Object.entries(into).flatMap(([name, { data }]) => {
    const result = (results[name] as OrtTensor).data as TypedArray;
    return result.buffer === data.buffer ? [] : [result];
  });
}

/** The graph as the processor computes it best with weights that stay in their file. */
function forMappedWeights(outputs: Readonly<Record<string, Tensor>>, options: CreateOptions): Record<string, Tensor> {
  const results = Object.values(outputs);
  const placed = weightFirst(castWhereRead(options.fasterConvolutions ? fasterConvolutions(results) : results));
  return Object.fromEntries(Object.keys(outputs).map((name, i) => [name, placed[i]!]));
}

function ortType(dtype: Dtype): 'float32' {
  return dtype as 'float32';
}

function settingsOf(
  { device, threads = 0, lean, onlyDevice = false }: CreateOptions,
  { folder, weightBytes, kept }: { folder: string; weightBytes: number; kept: readonly string[] },
): InferenceSession.SessionOptions {
  if (device === 'webgpu') return webgpuSettings(folder, [...kept]);
  if (device === 'cuda') return cudaSettings(folder, threads, onlyDevice);
  return sessionSettings(weightBytes, folder, threads, lean);
}

function fileSlices(outputs: readonly Tensor[]): FileSlice[] {
  return [...leaves(outputs)].flatMap(({ source }) => (source.kind === 'file' ? [source.slice] : []));
}

/**
 * The deepest folder above every weight file, links resolved. ONNX Runtime refuses paths that leave its folder, and the
 * Hugging Face cache consists of links.
 */
function weightFolder(weights: readonly FileSlice[]): string {
  const folders = new Set(weights.map(({ path }) => dirname(realpathSync(path))));
  const [first = process.cwd(), ...others] = folders;
  return others.reduce((common, folder) => {
    let candidate = common;
    while (relative(candidate, folder).startsWith('..')) candidate = resolve(candidate, '..');
    return candidate;
  }, first);
}
