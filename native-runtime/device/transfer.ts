import { input, type Tensor } from '../graph/tensor';
import type { DeviceTensor } from './deviceTensor';
import { Session, type DeviceTensors, type Feeds, type SessionOptions, type Values } from './session';

/** Copies tensors from a device to the host. A graph of copies does it, since reading a device tensor ends the process. */
export async function readTensors(tensors: DeviceTensors): Promise<Values> {
  const names = Object.keys(tensors);
  if (!names.length) return {};
  const session = await copySession(tensors, { device: tensors[names[0]!]!.device });
  try {
    return byName(names, await session.run(fed(tensors)));
  } finally {
    await session.release();
  }
}

/** Values that were copied to a device once, to be fed to many runs. */
export class UploadedValues {
  private constructor(
    /** The values by the names they were given; on the processor the very values. */
    readonly feeds: Feeds,
    private readonly session?: Session,
  ) {}

  /** Copies values to the device of these options. */
  static async upload(values: Values, { device = 'cpu' }: SessionOptions = {}): Promise<UploadedValues> {
    const names = Object.keys(values);
    if (device === 'cpu' || !names.length) return new UploadedValues(values);
    const session = await copySession(values, { device }, true);
    try {
      const { kept } = await session.runKeeping(fed(values));
      return new UploadedValues(byName(names, kept), session);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** Frees the device memory. */
  async release(): Promise<void> {
    await this.session?.release();
  }
}

function copySession(
  tensors: Readonly<Record<string, Pick<DeviceTensor, 'shape' | 'dtype'>>>,
  options: SessionOptions,
  keep = false,
): Promise<Session> {
  const copies = Object.values(tensors).map(({ shape, dtype }, i): [string, Tensor] => [
    `copy${i}`,
    input(`value${i}`, shape, dtype),
  ]);
  return Session.create(Object.fromEntries(copies), { ...options, keep: () => keep });
}

const fed = (tensors: Feeds): Feeds =>
  Object.fromEntries(Object.values(tensors).map((tensor, i) => [`value${i}`, tensor]));

const byName = <T>(names: readonly string[], copies: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(names.map((name, i) => [name, copies[`copy${i}`]!]));
