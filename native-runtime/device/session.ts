import { dirname, relative, resolve, sep } from 'node:path';
import { realpathSync } from 'node:fs';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ProductError } from '../../src/common/errors';
import { leaves, writeModel, type OnnxModel } from '../graph/model';
import type { FileSlice, Tensor } from '../graph/tensor';
import type { Dtype, TensorData, TypedArray } from '../tensorData';
import { cudaSettings } from './cudaSettings';
import type { DeviceName } from './deviceName';
import { sessionSettings } from './sessionSettings';

/** Values by input or output name. */
export type Values = Record<string, TensorData>;

/** How a session uses the machine. */
export interface SessionOptions {
  /** Threads inside one operator; the default is one per core. */
  threads?: number;
  /** What it runs on; the processor if left out. */
  device?: DeviceName;
  /** Refuses a graph of which a device other than the processor would leave a part to it. */
  onlyDevice?: boolean;
  /** Changes the written graph before it is compiled, such as into a loop over it. */
  rewrite?: (model: OnnxModel) => OnnxModel;
}

/** A compiled graph on a device. The only way to run one. */
export class Session {
  private constructor(
    private readonly session: InferenceSession,
    /** The number of ONNX nodes written. */
    readonly nodeCount: number,
  ) {}

  /** Compiles the graph that computes `outputs`. @throws ProductError `device` when the device refuses it. */
  static async create(outputs: Readonly<Record<string, Tensor>>, options: SessionOptions = {}): Promise<Session> {
    const weights = fileSlices(Object.values(outputs));
    const folder = weightFolder(weights);
    const written = writeModel(outputs, (path) => relative(folder, realpathSync(path)).split(sep).join('/'));
    const model = options.rewrite?.(written) ?? written;
    const weightBytes = weights.reduce((sum, { byteLength }) => sum + byteLength, 0);
    try {
      const { device = 'cpu', threads = 0, onlyDevice = false } = options;
      const settings =
        device === 'cuda'
          ? cudaSettings(folder, threads, onlyDevice)
          : sessionSettings(weightBytes, folder, threads);
      const session = await InferenceSession.create(model.bytes, settings);
      return new Session(session, model.nodeCount);
    } catch (error) {
      throw new ProductError('device', '', `the graph was refused: ${(error as Error).message}`);
    }
  }

  /** Runs the graph once. The inputs are only read. */
  async run(feeds: Values): Promise<Values> {
    const inputs: Record<string, OrtTensor> = {};
    for (const name of this.session.inputNames) {
      const value = feeds[name];
      if (!value) throw new ProductError('internal', name, 'missing graph input');
      inputs[name] = new OrtTensor(ortType(value.dtype), value.data as Float32Array, value.shape as number[]);
    }
    const results = await this.session.run(inputs).catch((error: Error) => {
      const memory = /alloc|memory/i.test(error.message);
      throw new ProductError(
        memory ? 'out-of-memory' : 'device',
        '',
        error.message,
        memory ? 'Use fewer rows or a lower resolution' : '',
      );
    });
    return Object.fromEntries(
      Object.entries(results).map(([name, t]) => [
        name,
        { dtype: t.type as Dtype, shape: t.dims, data: t.data as TypedArray } satisfies TensorData,
      ]),
    );
  }

  /** Frees the device memory. */
  async release(): Promise<void> {
    await this.session.release();
  }
}

function ortType(dtype: Dtype): 'float32' {
  return dtype as 'float32';
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
