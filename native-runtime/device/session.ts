import { dirname, relative, resolve, sep } from 'node:path';
import { realpathSync } from 'node:fs';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ProductError } from '../../src/common/errors';
import type { deviceNames } from '../../src/common/protocol/device';
import { leaves, writeModel } from '../graph/model';
import type { Tensor } from '../graph/tensor';
import type { Dtype, TensorData, TypedArray } from '../tensorData';

/** Values by input or output name. */
export type Values = Record<string, TensorData>;

/** How a session uses the machine. */
export interface SessionOptions {
  /** Threads inside one operator; the default is one per core. */
  threads?: number;
}

/** What graphs run on. */
export const sessionDevice = 'cpu' satisfies (typeof deviceNames)[number];

/** A compiled graph on a device. The only way to run one. */
export class Session {
  private constructor(
    private readonly session: InferenceSession,
    /** The number of ONNX nodes written. */
    readonly nodeCount: number,
  ) {}

  /** Compiles the graph that computes `outputs`. @throws ProductError `device` when the device refuses it. */
  static async create(outputs: Readonly<Record<string, Tensor>>, options: SessionOptions = {}): Promise<Session> {
    const folder = weightFolder(Object.values(outputs));
    const model = writeModel(outputs, (path) => relative(folder, realpathSync(path)).split(sep).join('/'));
    try {
      const session = await InferenceSession.create(model.bytes, {
        executionProviders: [sessionDevice],
        intraOpNumThreads: options.threads ?? 0,
        // No arena, no pre-packing, no folded copies: the weights stay in the mapped file (measured in docs/performance.md).
        graphOptimizationLevel: 'extended',
        enableCpuMemArena: false,
        logSeverityLevel: 4,
        extra: {
          session: {
            disable_prepacking: '1',
            'intra_op.allow_spinning': '0',
            model_external_initializers_file_folder_path: folder,
          },
          optimization: { constant_folding_max_output_size_in_bytes: '1000000' },
        },
      } as InferenceSession.SessionOptions);
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

/**
 * The deepest folder above every weight file, links resolved. ONNX Runtime refuses paths that leave its folder, and the
 * Hugging Face cache consists of links.
 */
function weightFolder(outputs: readonly Tensor[]): string {
  const folders = new Set<string>();
  for (const { source } of leaves(outputs))
    if (source.kind === 'file') folders.add(dirname(realpathSync(source.slice.path)));
  const [first = process.cwd(), ...others] = folders;
  return others.reduce((common, folder) => {
    let candidate = common;
    while (relative(candidate, folder).startsWith('..')) candidate = resolve(candidate, '..');
    return candidate;
  }, first);
}
